# SPDX-License-Identifier: GPL-2.0-or-later
EXTRA_DIST += docs

# docs/refusals.md, from the hypervisor's rules; a style test says when it is out of date.
.PHONY: refusals-page
refusals-page:
	$(PYTHON3) $(srcdir)/tests/style/refusals_page.py
