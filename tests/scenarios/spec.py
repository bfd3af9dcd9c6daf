#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The netlink family by its description, espencap.yaml, and by nothing else.

spec.py family
    prints what the running module says of itself that the description does not, and
    the other way round: operations, their flags, what they take, groups, version
spec.py do|dump OPERATION [ATTRIBUTE=VALUE ...]
    asks for an operation; prints "ERRNO SENTENCE" if it is refused, and otherwise each
    message of the answer as JSON, a line each
spec.py listen
    prints each event as JSON, until it is stopped

An attribute of an answer or event that is not described, or has not its type's length,
ends the program.
"""
import ipaddress
import json
import os
import struct
import sys

import yaml

import genl

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "espencap.yaml")

INTEGERS = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q"}
# enum netlink_attribute_type, as CTRL_CMD_GETPOLICY tells it
POLICY_TYPES = {1: "flag", 2: "u8", 3: "u16", 4: "u32", 5: "u64", 10: "binary"}
# CTRL_ATTR_OP_FLAGS
CAN_DO, CAN_DUMP, HAS_POLICY = 0x02, 0x04, 0x08
FLAGS = {"admin-perm": 0x01, "uns-admin-perm": 0x10}
CTRL_CMD_GETPOLICY = 10


class Spec:
    def __init__(self, path=SPEC):
        with open(path) as file:
            self.spec = yaml.safe_load(file)
        self.enums = {}
        for definition in self.spec["definitions"]:
            if definition["type"] == "enum":
                self.enums[definition["name"]] = [
                    entry["name"] for entry in definition["entries"]]
        self.sets = {}
        for attributes in self.spec["attribute-sets"]:
            self.sets[attributes["name"]] = self.number(attributes["attributes"])
        self.operations = {}
        for value, operation in self.number(self.spec["operations"]["list"]).items():
            self.operations[operation["name"]] = dict(operation, value=value)

    @staticmethod
    def number(entries):
        """By value, which is one more than the last unless it is given."""
        numbered, value = {}, 0
        for entry in entries:
            value = entry.get("value", value + 1)
            numbered[value] = entry
        return numbered

    def described(self, operation, mode, direction):
        """The names of what a message can carry."""
        part = self.operations[operation].get(mode, {})
        if direction:
            part = part.get(direction, {})
        return part.get("attributes", [])

    def encode(self, operation, mode, name, text):
        if name not in self.described(operation, mode, "request"):
            sys.exit("%s of %s takes no %s" % (mode, operation, name))
        attributes = self.sets[self.operations[operation]["attribute-set"]]
        kind, described = next((kind, described)
                               for kind, described in attributes.items()
                               if described["name"] == name)
        if described["type"] == "flag":
            value = b""
        elif described["type"] == "binary":
            value = ipaddress.ip_address(text).packed
        elif "enum" in described:
            value = struct.pack(INTEGERS[described["type"]],
                                self.enums[described["enum"]].index(text))
        else:
            value = struct.pack(INTEGERS[described["type"]], int(text))
        return genl.attribute(kind, value)

    def value(self, described, data):
        kind = described["type"]
        if kind == "nest":
            return self.decode(described["nested-attributes"], data)
        if kind == "flag":
            return True if not data else sys.exit("a flag with a value")
        if kind == "binary":
            if len(data) > described["checks"]["max-len"]:
                sys.exit("%s has %u bytes" % (described["name"], len(data)))
            return str(ipaddress.ip_address(data))
        number = struct.unpack(INTEGERS[kind], data)[0]
        return self.enums[described["enum"]][number] if "enum" in described else number

    def decode(self, attribute_set, data, allowed=None):
        values = {}
        for kind, value in genl.attributes(data).items():
            described = self.sets[attribute_set].get(kind)
            if not described or described["type"] == "unused":
                sys.exit("%s has no attribute %u" % (attribute_set, kind))
            if described["type"] == "pad":
                continue
            if allowed is not None and described["name"] not in allowed:
                sys.exit("%s is not described here" % described["name"])
            values[described["name"]] = self.value(described, value)
        return values

    def message(self, message, operation, mode, direction):
        """What it says, and that it is of this operation."""
        if message[16] != self.operations[operation]["value"]:
            sys.exit("an answer to %s is of operation %u" % (operation, message[16]))
        return self.decode(self.operations[operation]["attribute-set"], message[20:],
                           self.described(operation, mode, direction))


def ask(spec, mode, operation, *words):
    pairs = (word.partition("=") for word in words)
    payload = b"".join(spec.encode(operation, mode, name, text)
                       for name, _, text in pairs)
    error, sentence, messages = genl.Family().ask(
        spec.operations[operation]["value"], payload,
        genl.NLM_F_DUMP if mode == "dump" else genl.NLM_F_ACK)
    if error:
        genl.say(error, sentence)
    for message in messages:
        print(json.dumps(spec.message(message, operation, mode, "reply")))


def listen(spec):
    family = genl.Family()
    genl.join(family)
    sys.stdout.flush()
    family.socket.settimeout(None)
    while True:
        message = family.socket.recv(65536)
        print(json.dumps(spec.message(message, "event", "event", None)), flush=True)


def u32(data):
    return struct.unpack("=I", data)[0]


def told_policies(family):
    """By operation, by mode, by attribute: type and what it is limited to."""
    family_id, family.id = family.id, genl.GENL_ID_CTRL
    _, _, messages = family.ask(CTRL_CMD_GETPOLICY, genl.attribute(
        1, struct.pack("=H", family_id)), genl.NLM_F_DUMP)
    operations, policies = {}, {}
    for message in messages:
        told = genl.attributes(message[20:])
        # CTRL_ATTR_POLICY, then policy, attribute, and what is told of it
        for index, attributes in genl.attributes(told.get(8, b"")).items():
            policy = policies.setdefault(index, {})
            for kind, nested in genl.attributes(attributes).items():
                policy[kind] = genl.attributes(nested)
        # CTRL_ATTR_OP_POLICY
        for operation, nested in genl.attributes(told.get(9, b"")).items():
            operations[operation] = [u32(index) for index in
                                     genl.attributes(nested).values()]
    return {operation: [policies.get(index, {}) for index in indexes]
            for operation, indexes in operations.items()}


def described_limits(described):
    """The same of an attribute, as it is described."""
    kind = described["type"]
    if kind == "binary":
        return kind, 0, described["checks"]["max-len"]
    if kind == "flag":
        return kind, 0, 0
    return kind, 0, 256 ** struct.calcsize(INTEGERS[kind]) - 1


def told_limits(told):
    kind = POLICY_TYPES.get(u32(told[1]), "type %u" % u32(told[1]))
    if kind == "binary":
        # NL_POLICY_TYPE_ATTR_MIN_LENGTH, MAX_LENGTH
        return kind, u32(told.get(6, bytes(4))), u32(told.get(7, bytes(4)))
    if kind == "flag":
        return kind, 0, 0
    # NL_POLICY_TYPE_ATTR_MIN_VALUE_U, MAX_VALUE_U
    return kind, *struct.unpack("=QQ", told[4] + told[5])


def compare(what, module, description):
    if module != description:
        print("%s: the module says %r, the description %r" % (what, module, description))


def family(spec):
    asked = genl.Family()
    asked.id = genl.GENL_ID_CTRL
    _, _, messages = asked.ask(genl.CTRL_CMD_GETFAMILY, genl.attribute(
        2, spec.spec["name"].encode() + b"\0"))
    about = genl.attributes(messages[0][20:])
    compare("version", u32(about[3]), spec.spec["version"])
    # no attributes that all operations take: kernel-policy: per-op
    compare("header and attributes", (u32(about[4]), u32(about[5])), (0, 0))
    groups = [genl.attributes(group)[1].rstrip(b"\0").decode()
              for group in genl.attributes(about[7]).values()]
    compare("groups", groups, [group["name"] for group in
                               spec.spec["mcast-groups"]["list"]])

    told = {}
    for operation in genl.attributes(about[6]).values():
        operation = genl.attributes(operation)
        told[u32(operation[1])] = u32(operation[2])
    asked_for = {name: operation for name, operation in spec.operations.items()
                 if "event" not in operation}
    compare("operations", sorted(told), sorted(operation["value"] for operation in
                                               asked_for.values()))
    policies = told_policies(genl.Family())
    for name, operation in asked_for.items():
        flags = HAS_POLICY | CAN_DO * ("do" in operation) | CAN_DUMP * ("dump" in operation)
        for flag in operation["flags"]:
            flags |= FLAGS[flag]
        compare("flags of " + name, told.get(operation["value"]), flags)
        names = {attribute for mode in ("do", "dump")
                 for attribute in spec.described(name, mode, "request")}
        limits = {kind: described_limits(described) for kind, described in
                  spec.sets[operation["attribute-set"]].items()
                  if described["name"] in names}
        found = policies.get(operation["value"], [])
        compare("policies of " + name, len(found), 1 + (flags & 6 == 6))
        for policy in found:
            compare("what %s takes" % name, {
                kind: told_limits(told) for kind, told in policy.items()}, limits)


if __name__ == "__main__":
    SPECIFIED = Spec()
    if sys.argv[1] == "family":
        family(SPECIFIED)
    elif sys.argv[1] == "listen":
        listen(SPECIFIED)
    else:
        ask(SPECIFIED, *sys.argv[1:])
