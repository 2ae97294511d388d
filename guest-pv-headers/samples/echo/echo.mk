# SPDX-License-Identifier: MIT
#
# The echo server: LWIP is the folder of lwIP's source (Debian: apt-get source lwip). What of lwIP
# nobody calls is left out by the linker.
LWIP ?= lwip
LWIPDIR = $(LWIP)/src
-include $(LWIPDIR)/Filelists.mk

echo: $(O)/echo.elf
$(O)/echo.elf: $(wildcard $(SRC)echo/*.c $(SRC)echo/*.h $(SRC)echo/port/*.h $(SRC)echo/port/*/*.h)
	@mkdir -p $(O)
	$(CC) $(CFLAGS) $(KERNEL_CFLAGS) -Wno-unused-parameter -mgeneral-regs-only \
	    -ffunction-sections -fdata-sections -Wl,--gc-sections -isystem $(SRC)echo/port/libc \
	    -I$(SRC)echo/port -isystem $(LWIPDIR)/include -o $@ $(filter %.c,$^) \
	    $(COREFILES) $(CORE4FILES) $(LWIPDIR)/netif/ethernet.c $(KERNEL_LIBS)
