# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of tests/abi/run: macros and types as the compiler sees them, and their comparison."""
