# SPDX-License-Identifier: GPL-2.0-or-later
"""The types a set of headers defines, with sizes, offsets and enumerators, read from DWARF.

The compiler is told to keep types nobody uses; readelf prints the tree of entries, which is
rebuilt here. Unnamed members are flattened: their own members count as the outer structure's.
"""
import re

from . import toolchain

ENTRY = re.compile(r"^ <([0-9a-f]+)><([0-9a-f]+)>: Abbrev Number: (\d+)(?: \((\w+)\))?")
ATTR = re.compile(r"^    <[0-9a-f]+>   (DW_AT_\w+)\s*: (.*)$")


class Entry:
    def __init__(self, tag):
        self.tag, self.attrs, self.children = tag, {}, []

    def name(self):
        text = self.attrs.get("DW_AT_name")
        if text is None:
            return None
        # `(indirect string, offset: 0x1): name`, or the name itself.
        return text.rsplit("): ", 1)[-1].strip() if text.startswith("(") else text.strip()

    def number(self, attr, default=None):
        text = self.attrs.get(attr)
        return default if text is None else int(text.split()[0].strip("()"), 0)

    def ref(self):
        text = self.attrs.get("DW_AT_type")
        return None if text is None else int(text.strip("<>"), 16)


class Types:
    """All of one side: named types, each as {member path: description} under a size."""

    def __init__(self, side):
        obj = toolchain.write_source("", ".o")
        toolchain.must(side.gcc("-g", "-gdwarf-4", "-fno-eliminate-unused-debug-types", "-c", "-o",
                                obj, toolchain.write_source(side.source + "int used;\n")))
        self.entries, self.top = {}, []
        self._parse(toolchain.must(["readelf", "--debug-dump=info", obj]))
        self.named, self.enumerators = {}, {}
        for entry in self.top:
            self._collect(entry)

    def _parse(self, text):
        stack, entry = [], None
        for line in text.split("\n"):
            m = ENTRY.match(line)
            if m:
                depth, offset, tag = int(m.group(1), 16), int(m.group(2), 16), m.group(4)
                if tag is None:
                    continue
                entry = Entry(tag)
                self.entries[offset] = entry
                del stack[depth:]
                if depth == 1:
                    self.top.append(entry)
                elif depth > 1:
                    stack[-1].children.append(entry)
                stack.append(entry)
                continue
            m = ATTR.match(line)
            if m and entry is not None:
                entry.attrs[m.group(1)] = m.group(2)

    def _collect(self, entry):
        """Files an entry of the outermost level under its name."""
        name = entry.name()
        short = {"DW_TAG_structure_type": "struct", "DW_TAG_union_type": "union"}.get(entry.tag)
        if entry.tag == "DW_TAG_enumeration_type":
            for child in entry.children:
                self.enumerators[child.name()] = child.number("DW_AT_const_value")
        elif entry.tag == "DW_TAG_typedef":
            self.named["typedef %s" % name] = self._layout(entry.ref())
        elif short and name and "DW_AT_declaration" not in entry.attrs:
            self.named["%s %s" % (short, name)] = self._record(entry)
        if short:
            for child in entry.children:
                if child.tag.endswith("_type"):
                    self._collect(child)

    def _layout(self, ref):
        entry = self._strip(ref)
        if entry is not None and entry.tag in ("DW_TAG_structure_type", "DW_TAG_union_type") \
                and "DW_AT_declaration" not in entry.attrs:
            return self._record(entry)
        return {"": "%s, %s bytes" % (self.describe(ref), self.size(ref))}

    def _record(self, entry):
        out = {"": "%s of %d bytes" % (entry.tag[7:-5], entry.number("DW_AT_byte_size", 0))}
        self._members(entry, "", 0, out)
        return out

    def _members(self, entry, path, base, out):
        for child in entry.children:
            if child.tag != "DW_TAG_member":
                continue
            offset = base + 8 * child.number("DW_AT_data_member_location", 0)
            if "DW_AT_data_bit_offset" in child.attrs:
                offset = base + child.number("DW_AT_data_bit_offset")
            elif "DW_AT_bit_offset" in child.attrs:
                # Counted from the most significant end of the storage unit.
                unit = 8 * child.number("DW_AT_byte_size", self.size(child.ref()))
                offset += unit - child.number("DW_AT_bit_offset") - child.number("DW_AT_bit_size")
            name = child.name()
            inner = self._strip(child.ref())
            record = inner is not None and inner.tag in ("DW_TAG_structure_type",
                                                         "DW_TAG_union_type")
            if name is None and record:
                self._members(inner, path, offset, out)
                continue
            width = child.number("DW_AT_bit_size")
            size = "%d bits" % width if width is not None else "%s bytes" % self.size(child.ref())
            here = path + (name or "?")
            out[here] = "at bit %d, %s, %s" % (offset, size, self.describe(child.ref()))
            if record and inner.name() is None:
                self._members(inner, here + ".", offset, out)
            elif inner is not None and inner.tag == "DW_TAG_array_type":
                item = self._strip(inner.ref())
                if item is not None and item.tag.endswith(("structure_type", "union_type")) \
                        and item.name() is None:
                    self._members(item, here + "[].", offset, out)

    def _strip(self, ref):
        """Follows typedefs and qualifiers to the type behind them; None is void."""
        while ref is not None:
            entry = self.entries[ref]
            if entry.tag not in ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type"):
                return entry
            ref = entry.ref()
        return None

    def _count(self, entry):
        """Elements of an array, by dimension; a trailing one without a length has 0."""
        out = []
        for child in entry.children:
            if child.tag == "DW_TAG_subrange_type":
                upper = child.attrs.get("DW_AT_upper_bound")
                if "DW_AT_count" in child.attrs:
                    out.append(child.number("DW_AT_count"))
                else:
                    out.append(0 if upper is None else child.number("DW_AT_upper_bound") + 1)
        return [0 if n >= 1 << 63 else n for n in out]

    def size(self, ref):
        entry = self._strip(ref)
        if entry is None:
            return 0
        if entry.tag == "DW_TAG_array_type":
            total = self.size(entry.ref())
            for n in self._count(entry):
                total *= n
            return total
        return entry.number("DW_AT_byte_size", 8 if entry.tag == "DW_TAG_pointer_type" else 0)

    def describe(self, ref):
        """A type in words that do not depend on typedef names."""
        entry = self._strip(ref)
        if entry is None:
            return "void"
        kind = entry.tag[7:].replace("_type", "")
        if kind == "base":
            return "%s of %d" % (entry.attrs["DW_AT_encoding"].split("(")[-1].strip(") "),
                                 entry.number("DW_AT_byte_size"))
        if kind == "pointer":
            to = entry.ref()
            const = to is not None and self.entries[to].tag == "DW_TAG_const_type"
            return "pointer to %s%s" % ("const " if const else "", self.describe(to))
        if kind == "array":
            return "array%s of %s" % (self._count(entry), self.describe(entry.ref()))
        if kind in ("structure", "union", "enumeration"):
            return "%s %s" % (kind, entry.name() or "")
        return kind


def read(side):
    """The types of one side, read once."""
    return side.once("types", lambda: Types(side))
