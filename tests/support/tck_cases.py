"""The cases of the DMN test kit as JSON lines, for tests/unit/flows/rules/test_tck.c.

    python3 tck_cases.py FOLDER_OF_THE_KIT

One line a result: {"level", "id", "model", "asked", "result", "inputs": [{"name", "text"}], "expected"}.  Values are
written as FEEL.  "asked" is the decision or decision service to evaluate, "result" the decision whose value is expected.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as ET

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TEMPORAL = {"date": "date", "time": "time", "dateTime": "date and time", "duration": "duration",
            "dayTimeDuration": "duration", "yearMonthDuration": "duration"}


def local(element):
    return element.tag.split("}")[1]


def child(element, name):
    return next((c for c in element if local(c) == name), None)


def children(element, name):
    return [c for c in element if local(c) == name]


def value_text(element):
    simple, items = child(element, "value"), child(element, "list")
    if items is not None:
        return "[" + ", ".join(value_text(i) for i in children(items, "item")) + "]"
    components = children(element, "component")
    if components:
        return "{" + ", ".join(f"{json.dumps(c.get('name'))}: {value_text(c)}" for c in components) + "}"
    if simple is None or simple.get(XSI + "nil") == "true":
        return "null"
    kind = (simple.get(XSI + "type") or "xsd:string").split(":")[1]
    text = simple.text or ""
    if kind in TEMPORAL:
        return f"{TEMPORAL[kind]}({json.dumps(text)})"
    if kind == "string":
        return json.dumps(text, ensure_ascii=False)
    return text.strip()


def lines_of(tests):
    root = ET.parse(tests).getroot()
    for case in children(root, "testCase"):
        for node in children(case, "resultNode"):
            expected = child(node, "expected")
            yield {
                "level": tests.parent.parent.name,
                "id": f"{tests.parent.name}/{case.get('id')}/{node.get('name')}",
                "model": str(tests.parent / child(root, "modelName").text),
                "asked": case.get("invocableName") or node.get("name"),
                "result": node.get("name"),
                "inputs": [{"name": i.get("name"), "text": value_text(i)} for i in children(case, "inputNode")],
                "expected": value_text(expected) if expected is not None else "null",
            }


def main():
    for tests in sorted(pathlib.Path(sys.argv[1]).glob("level-*/*/*test*.xml")):
        for line in lines_of(tests):
            print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
