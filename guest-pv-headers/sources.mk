# SPDX-License-Identifier: GPL-2.0-or-later
#
# The public headers, installed as they lie under include/.

guest_pv_files =

EXTRA_DIST += $(guest_pv_files)
guestpvdir = $(includedir)/mortise

install-data-local:
	@for f in $(guest_pv_files); do \
		to=$(DESTDIR)$(guestpvdir)/$${f#guest-pv-headers/include/}; \
		$(MKDIR_P) "$${to%/*}" && $(INSTALL_DATA) $(srcdir)/$$f "$$to" || exit 1; \
	done

uninstall-local:
	@for f in $(guest_pv_files); do \
		rm -f $(DESTDIR)$(guestpvdir)/$${f#guest-pv-headers/include/}; \
	done
