# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes small ELF kernels with Xen notes, sound ones and broken ones."""
import struct

# Types of the notes whose name is "Xen".
ENTRY, HYPERCALL_PAGE, VIRT_BASE, PADDR_OFFSET, XEN_VERSION, GUEST_OS = 1, 2, 3, 4, 5, 6
LOADER, PAE_MODE, FEATURES = 8, 9, 10

BASE = 0xffffffff80000000
LOAD = BASE + 0x100000
HALT = b'\xf3\x90\xeb\xfc'  # pause; jmp: what the kernel does once it is entered


def note(kind, value, name=b'Xen\0'):
    """One note; a number becomes 8 bytes, a string gets its zero."""
    data = struct.pack('<Q', value) if isinstance(value, int) else value.encode() + b'\0'
    return (struct.pack('<III', len(name), len(data), kind) + name + b'\0' * (-len(name) % 4) +
            data + b'\0' * (-len(data) % 4))


def notes(**changes):
    """The notes of a sound kernel, by name; None leaves one out."""
    values = {'GUEST_OS': (GUEST_OS, 'test'), 'XEN_VERSION': (XEN_VERSION, 'xen-3.0'),
              'VIRT_BASE': (VIRT_BASE, BASE), 'PADDR_OFFSET': (PADDR_OFFSET, 0),
              'ENTRY': (ENTRY, LOAD), 'LOADER': (LOADER, 'generic'),
              'PAE_MODE': (PAE_MODE, 'yes')}
    for key, value in changes.items():
        values[key] = (values[key][0], value)
    return b''.join(note(*pair) for pair in values.values() if pair[1] is not None)


def kernel(note_bytes=None, code=HALT, memory=0x1000, machine=62, note_size=None):
    """An ELF64 executable: one segment to load, one with notes (None: without it)."""
    headers = 1 if note_bytes is None else 2
    at = 64 + 56 * headers
    at += -at % 16
    text = at + (0 if note_bytes is None else len(note_bytes))
    text += -text % 4096
    out = struct.pack('<16sHHIQQQIHHHHHH', b'\x7fELF\2\1\1' + b'\0' * 9, 2, machine, 1, LOAD, 64, 0,
                      0, 64, 56, headers, 0, 0, 0)
    out += struct.pack('<IIQQQQQQ', 1, 7, text, LOAD, LOAD - BASE, len(code),
                       max(memory, len(code)), 4096)
    if note_bytes is not None:
        size = len(note_bytes) if note_size is None else note_size
        out += struct.pack('<IIQQQQQQ', 4, 4, at, 0, 0, size, size, 4)
    out = out.ljust(at, b'\0') + (note_bytes or b'')
    return out.ljust(text, b'\0') + code
