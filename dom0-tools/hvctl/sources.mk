# SPDX-License-Identifier: GPL-2.0-or-later
#
# hvctl: the command, and what is made of its table of verbs.
HVCTL_COMMAND = dom0-tools/hvctl/command.c dom0-tools/hvctl/command.h \
	dom0-tools/hvctl/console.c dom0-tools/hvctl/console.h dom0-tools/hvctl/cpus.c \
	dom0-tools/hvctl/devices.c dom0-tools/hvctl/exits.def dom0-tools/hvctl/guest.c \
	dom0-tools/hvctl/help.c dom0-tools/hvctl/output.c dom0-tools/hvctl/progress.c \
	dom0-tools/hvctl/table.c dom0-tools/hvctl/table.h dom0-tools/hvctl/verbs.def \
	dom0-tools/hvctl/verb_audit.c dom0-tools/hvctl/verb_block_attach.c \
	dom0-tools/hvctl/verb_block_detach.c dom0-tools/hvctl/verb_block_list.c \
	dom0-tools/hvctl/verb_console.c dom0-tools/hvctl/verb_create.c \
	dom0-tools/hvctl/verb_destroy.c dom0-tools/hvctl/verb_dmesg.c \
	dom0-tools/hvctl/verb_domid.c dom0-tools/hvctl/verb_domname.c \
	dom0-tools/hvctl/verb_dump.c dom0-tools/hvctl/verb_info.c dom0-tools/hvctl/verb_list.c \
	dom0-tools/hvctl/verb_mem_set.c dom0-tools/hvctl/verb_network_attach.c \
	dom0-tools/hvctl/verb_network_detach.c dom0-tools/hvctl/verb_network_list.c \
	dom0-tools/hvctl/verb_pause.c dom0-tools/hvctl/verb_reboot.c \
	dom0-tools/hvctl/verb_rename.c dom0-tools/hvctl/verb_sched.c \
	dom0-tools/hvctl/verb_shutdown.c dom0-tools/hvctl/verb_sysrq.c \
	dom0-tools/hvctl/verb_top.c dom0-tools/hvctl/verb_trigger.c \
	dom0-tools/hvctl/verb_unpause.c dom0-tools/hvctl/verb_uptime.c \
	dom0-tools/hvctl/verb_validate.c dom0-tools/hvctl/verb_vcpu_list.c \
	dom0-tools/hvctl/verb_vcpu_pin.c dom0-tools/hvctl/verb_vcpu_set.c \
	dom0-tools/hvctl/verb_version.c dom0-tools/hvctl/verb_why.c \
	dom0-tools/hvconsoled/protocol.h

bin_PROGRAMS += dom0-tools/hvctl/hvctl
dom0_tools_hvctl_hvctl_SOURCES = dom0-tools/hvctl/main.c $(HVCTL_COMMAND)
dom0_tools_hvctl_hvctl_CPPFLAGS = $(HVCTL_CPPFLAGS)
dom0_tools_hvctl_hvctl_LDADD = libhvctl/libhvctl.la $(JANSSON_LIBS)

noinst_PROGRAMS += dom0-tools/hvctl/generate
dom0_tools_hvctl_generate_SOURCES = dom0-tools/hvctl/generate.c dom0-tools/hvctl/table.c \
	dom0-tools/hvctl/table.h dom0-tools/hvctl/verbs.def dom0-tools/hvctl/exits.def
dom0_tools_hvctl_generate_CPPFLAGS = $(HVCTL_CPPFLAGS)

EXTRA_DIST += dom0-tools/hvctl/hvctl.1.head dom0-tools/hvctl/hvctl.1.tail \
	dom0-tools/hvctl/completion.bash
CLEANFILES += dom0-tools/hvctl/hvctl.1 dom0-tools/hvctl/completion/hvctl
nodist_man_MANS = dom0-tools/hvctl/hvctl.1
dist_man_MANS = dom0-tools/hvctl/hvctl-xml.5 dom0-tools/hvconsoled/hvconsoled.8
dom0-tools/hvctl/hvctl.1: dom0-tools/hvctl/generate dom0-tools/hvctl/hvctl.1.head \
		dom0-tools/hvctl/hvctl.1.tail
	$(AM_V_GEN)(cat $(srcdir)/dom0-tools/hvctl/hvctl.1.head && dom0-tools/hvctl/generate man && \
		cat $(srcdir)/dom0-tools/hvctl/hvctl.1.tail) > $@.tmp && mv $@.tmp $@

bashcompletiondir = $(datadir)/bash-completion/completions
nodist_bashcompletion_DATA = dom0-tools/hvctl/completion/hvctl
dom0-tools/hvctl/completion/hvctl: dom0-tools/hvctl/generate dom0-tools/hvctl/completion.bash
	$(AM_V_GEN)$(MKDIR_P) dom0-tools/hvctl/completion && (dom0-tools/hvctl/generate bash && \
		cat $(srcdir)/dom0-tools/hvctl/completion.bash) > $@.tmp && mv $@.tmp $@
