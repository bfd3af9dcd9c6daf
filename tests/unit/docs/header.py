#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Is espencap.yaml what espencap.h says? And are its keys known?

header.py HEADER YAML
    prints what differs: enumerations and constants, by their names in C and numbers;
    keys that genetlink-legacy has not, or that are missing; references to nothing
"""
import re
import sys

import yaml

# What genetlink-legacy.yaml knows, as far as it is used here.
KEYS = {
    "family": "name protocol doc uapi-header c-family-name c-version-name kernel-policy "
              "version definitions attribute-sets operations mcast-groups",
    "const": "name type value doc",
    "enum": "name type enum-name name-prefix doc entries",
    "entry": "name value doc",
    "set": "name name-prefix enum-name doc attributes",
    "attribute": "name type doc value nested-attributes enum checks display-hint",
    "operations": "name-prefix enum-name list",
    "operation": "name doc value attribute-set flags do dump event mcgrp",
}
NAME = re.compile("[0-9a-z-]+")


def check(kind, item, required=("name",)):
    where = item.get("name", kind)
    for key in item:
        if key not in KEYS[kind].split():
            print("%s: %s knows no %s" % (where, kind, key))
    for key in required:
        if key not in item:
            print("%s: %s is missing" % (where, key))
    if "name" in item and not NAME.fullmatch(str(item["name"])):
        print("%s: this is no name" % item["name"])


def check_attributes(attributes, names, sets, enums):
    check("set", attributes, ["name", "attributes"])
    for attribute in attributes["attributes"]:
        check("attribute", attribute, ["name", "type"])
        for key, known in (("nested-attributes", sets), ("enum", enums)):
            if attribute.get(key, None) not in [None, *known]:
                print("%s: there is no %s" % (attribute["name"], attribute[key]))
        names.add(attribute["name"])


def check_operation(operation, names, groups):
    check("operation", operation, ["name", "doc", "attribute-set"])
    used = list(operation.get("event", {}).get("attributes", []))
    for mode in ("do", "dump"):
        for direction in operation.get(mode, {}).values():
            used += direction["attributes"]
    for name in used:
        if name not in names:
            print("%s: there is no attribute %s" % (operation["name"], name))
    if operation.get("mcgrp") not in [None, *groups]:
        print("%s: there is no group %s" % (operation["name"], operation["mcgrp"]))


def check_spec(spec):
    check("family", spec, ["name", "doc", "protocol", "attribute-sets", "operations"])
    for definition in spec["definitions"]:
        check(definition["type"], definition)
        for entry in definition.get("entries", []):
            check("entry", entry)
    enums = [item["name"] for item in spec["definitions"] if item["type"] == "enum"]
    sets = [item["name"] for item in spec["attribute-sets"]]
    names = {}
    for attributes in spec["attribute-sets"]:
        check_attributes(attributes, names.setdefault(attributes["name"], set()), sets,
                         enums)
    check("operations", spec["operations"], ["list"])
    groups = [group["name"] for group in spec["mcast-groups"]["list"]]
    for operation in spec["operations"]["list"]:
        check_operation(operation, names[operation["attribute-set"]], groups)


def numbered(entries, prefix, first):
    """Names in C, by number."""
    found, value = {}, first - 1
    for entry in entries:
        value = entry.get("value", value + 1)
        found[(prefix + entry["name"]).upper().replace("-", "_")] = value
    return found


def described(spec):
    """Enumerations by their names in C, and constants."""
    enums, consts = {}, {}
    for item in spec["definitions"]:
        if item["type"] == "const":
            consts[item["name"].upper().replace("-", "_")] = item["value"]
        else:
            enums[item["enum-name"]] = numbered(item["entries"], item["name-prefix"], 0)
    for item in spec["attribute-sets"]:
        enums[item["enum-name"]] = numbered(item["attributes"], item["name-prefix"], 1)
    operations = spec["operations"]
    enums[operations["enum-name"]] = numbered(operations["list"],
                                              operations["name-prefix"], 1)
    # number 0 is nobody's
    enums[operations["enum-name"]][
        operations["name-prefix"].upper().replace("-", "_") + "UNSPEC"] = 0
    consts["ESPENCAP_GENL_NAME"] = spec["name"]
    consts["ESPENCAP_GENL_VERSION"] = spec["version"]
    for group in spec["mcast-groups"]["list"]:
        consts["ESPENCAP_GENL_" + group["name"].upper()] = group["name"]
    return {name.replace("-", "_"): values for name, values in enums.items()}, consts


def declared(header):
    """The same of the header."""
    enums = {}
    for name, body in re.findall(r"^enum (\w+) \{(.*?)^\};", header, re.M | re.S):
        names = [entry.strip() for entry in body.split(",") if entry.strip()]
        enums[name] = {entry: number for number, entry in enumerate(names)
                       if not entry.startswith("__") and "=" not in entry}
    consts = {}
    for name, value in re.findall(r"^#define (ESPENCAP_\w+)\s+(\S+)$", header, re.M):
        consts[name] = (value.strip('"') if value[0] == '"' else
                        int(value.rstrip("U"), 0))
    return enums, consts


def compare(what, header, spec):
    for name in sorted(set(header) | set(spec)):
        if header.get(name) != spec.get(name):
            print("%s%s: %s in the header, %s in the description" % (
                what, name, header.get(name), spec.get(name)))


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        HEADER_ENUMS, HEADER_CONSTS = declared(file.read())
    with open(sys.argv[2]) as file:
        SPEC = yaml.safe_load(file)
    check_spec(SPEC)
    SPEC_ENUMS, SPEC_CONSTS = described(SPEC)
    compare("", HEADER_CONSTS, SPEC_CONSTS)
    for ENUM in set(HEADER_ENUMS) & set(SPEC_ENUMS):
        compare("", HEADER_ENUMS[ENUM], SPEC_ENUMS[ENUM])
    if set(HEADER_ENUMS) != set(SPEC_ENUMS):
        print("enumerations: %s in the header, %s in the description" % (
            sorted(HEADER_ENUMS), sorted(SPEC_ENUMS)))
