# SPDX-License-Identifier: GPL-2.0-or-later
EXTRA_DIST += \
	tests/style/commands.py \
	tests/style/conformance.py \
	tests/style/docs.py \
	tests/style/refusals_page.py \
	tests/style/rules.py \
	tests/style/run
