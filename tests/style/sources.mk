# SPDX-License-Identifier: GPL-2.0-or-later
EXTRA_DIST += \
	tests/style/conformance.py \
	tests/style/docs.py \
	tests/style/refusals_page.py \
	tests/style/rules.py \
	tests/style/run
EXTRA_DIST += tests/style/commands.py tests/style/docs.py tests/style/rules.py tests/style/run
