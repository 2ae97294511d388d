# SPDX-License-Identifier: MIT
#
# The Lua interpreter as a guest: LUA is the folder of Lua's source (Debian: apt-get source lua5.4),
# NEWLIB that of newlib as ../lua/build-newlib installs it. Lua's files are compiled as they are.
LUA    ?= lua-5.4
NEWLIB ?= newlib
LUA_FILES = $(filter-out %/luac.c,$(wildcard $(LUA)/src/*.c))
LIBC_CFLAGS = -nostdinc -isystem $(NEWLIB)/x86_64-elf/include \
    -isystem $(shell $(CC) -print-file-name=include) \
    -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__

lua: $(O)/lua.elf
$(O)/lua.elf: $(SRC)lua/guest.c $(SRC)lua/system.c $(LUA_FILES)
	@mkdir -p $(O)
	$(CC) $(CFLAGS) $(LIBC_CFLAGS) $(KERNEL_CFLAGS) -Wno-missing-prototypes -Wno-shadow \
	    -I$(LUA)/src -o $@ $^ $(filter-out -lpvguest,$(KERNEL_LIBS)) \
	    -Wl,--start-group -lpvguest -L$(NEWLIB)/x86_64-elf/lib -lc -lm -Wl,--end-group -Wl,-z,noexecstack
