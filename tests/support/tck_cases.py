"""Turns the DMN test kit's models and cases into JSON lines for tests/unit/flows/rules/test_tck.c.

    python3 tck_cases.py FOLDER_OF_THE_KIT

One line a case: {"id", "steps": [step…], "result", "expected", "fails"}.  A step gives a name its value:
  {"name", "text"}: a FEEL expression over the names before it; boxed expressions are written as FEEL
  {"name", "hit", "inputs": [{"text", "values"}], "outputs": [{"name", "values", "default"}], "rules": [[cell…]…]}
Cases that need what the converter has no form for (imports, external functions, decision services) have "skip".
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as ET

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


class Skip(Exception):
    """The case needs something that is not converted; the text says what."""


def local(element):
    return element.tag.split("}")[1]


def child(element, name):
    return next((c for c in element if local(c) == name), None)


def children(element, name):
    return [c for c in element if local(c) == name]


def text_of(element):
    text = child(element, "text") if element is not None else None
    return (text.text or "") if text is not None else ""


def variable(element, fallback=""):
    var = child(element, "variable")
    return var.get("name") if var is not None else fallback


EXPRESSIONS = ("literalExpression", "decisionTable", "context", "invocation", "list", "relation", "functionDefinition",
               "conditional", "for", "every", "some", "filter")


def expression_of(element):
    return next((c for c in element if local(c) in EXPRESSIONS), None)


def inner(element, name):
    """The FEEL of the expression inside the child called `name`."""
    return feel(expression_of(child(element, name)))


def feel_context(element):
    entries, result = [], None
    for entry in children(element, "contextEntry"):
        name = variable(entry)
        if name:
            entries.append(f"{name}: {feel(expression_of(entry))}")
        else:
            result = feel(expression_of(entry))
    if result is None:
        return "{" + ", ".join(entries) + "}"
    return "{" + ", ".join(entries + [f"the result: {result}"]) + "}.the result"


def feel_invocation(element):
    bindings = [f"{child(b, 'parameter').get('name')}: {feel(expression_of(b))}" for b in children(element, "binding")]
    return f"{feel(expression_of(element))}({', '.join(bindings)})"


def feel_relation(element):
    columns = [c.get("name") for c in children(element, "column")]
    rows = []
    for row in children(element, "row"):
        cells = [feel(c) for c in row if local(c) in EXPRESSIONS]
        rows.append("{" + ", ".join(f"{n}: {c}" for n, c in zip(columns, cells)) + "}")
    return "[" + ", ".join(rows) + "]"


def feel_function(element):
    if element.get("kind", "FEEL") != "FEEL":
        raise Skip("external function")
    names = [p.get("name") for p in children(element, "formalParameter")]
    return f"function({', '.join(names)}) ({feel(expression_of(element))})"


def feel(element):
    if element is None:
        raise Skip("no decision logic")
    kind = local(element)
    if kind == "literalExpression":
        if not text_of(element).strip():
            raise Skip("no decision logic")
        if "external {" in text_of(element):
            raise Skip("external function")
        return text_of(element)
    if kind == "context":
        return feel_context(element)
    if kind == "invocation":
        return feel_invocation(element)
    if kind == "list":
        return "[" + ", ".join(feel(c) for c in element if local(c) in EXPRESSIONS) + "]"
    if kind == "relation":
        return feel_relation(element)
    if kind == "functionDefinition":
        return feel_function(element)
    if kind == "conditional":
        return f"if {inner(element, 'if')} then {inner(element, 'then')} else {inner(element, 'else')}"
    if kind == "for":
        return f"for {element.get('iteratorVariable')} in {inner(element, 'in')} return {inner(element, 'return')}"
    if kind in ("every", "some"):
        return (f"{kind} {element.get('iteratorVariable')} in {inner(element, 'in')} "
                f"satisfies {inner(element, 'satisfies')}")
    if kind == "filter":
        return f"({inner(element, 'in')})[{inner(element, 'match')}]"
    raise Skip(f"boxed {kind} inside another expression")


HITS = {"UNIQUE": "U", "ANY": "A", "PRIORITY": "P", "FIRST": "F", "RULE ORDER": "R", "OUTPUT ORDER": "O", "COLLECT": "C"}
AGGREGATIONS = {None: "", "SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}


def table_step(name, element):
    outputs = children(element, "output")
    return {
        "name": name,
        "hit": HITS[element.get("hitPolicy", "UNIQUE")] + AGGREGATIONS[element.get("aggregation")],
        "inputs": [{"text": text_of(child(i, "inputExpression")), "values": text_of(child(i, "inputValues"))}
                   for i in children(element, "input")],
        "outputs": [{"name": o.get("name") or "", "values": text_of(child(o, "outputValues")),
                     "default": text_of(child(o, "defaultOutputEntry"))} for o in outputs],
        "rules": [[text_of(c) for c in children(r, "inputEntry") + children(r, "outputEntry")]
                  for r in children(element, "rule")],
    }


def step_of(element):
    if local(element) == "businessKnowledgeModel":
        logic = child(element, "encapsulatedLogic")
        return {"name": variable(element, element.get("name")), "text": feel_function(logic)}
    expression = expression_of(element)
    name = variable(element, element.get("name"))
    if expression is not None and local(expression) == "decisionTable":
        return table_step(name, expression)
    return {"name": name, "text": feel(expression)}


def required(element, by_id):
    for requirement in element:
        for reference in requirement:
            if local(reference) in ("requiredDecision", "requiredKnowledge"):
                target = reference.get("href").split("#")[1]
                if target not in by_id:
                    raise Skip("import")
                yield by_id[target]


def steps_of(element, by_id, done):
    steps = []
    for other in required(element, by_id):
        if other.get("id") not in done:
            done.add(other.get("id"))
            steps += steps_of(other, by_id, done)
    return steps + [step_of(element)]


TEMPORAL = {"date": "date", "time": "time", "dateTime": "date and time", "duration": "duration",
            "dayTimeDuration": "duration", "yearMonthDuration": "duration"}


def value_text(element):
    """A value of the cases, as FEEL."""
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


def model_of(path):
    root = ET.parse(path).getroot()
    elements = [e for e in root if local(e) in ("decision", "businessKnowledgeModel", "inputData", "decisionService")]
    return {e.get("id"): e for e in elements}, {e.get("name"): e for e in elements}


def case_line(case, node, by_id, by_name, identity):
    line = {"id": identity, "fails": node.get("errorResult") == "true", "steps": []}
    try:
        if case.get("type", "decision") != "decision" or node.get("type", "decision") != "decision":
            raise Skip("not a decision")
        given = set()
        for i in children(case, "inputNode"):
            line["steps"].append({"name": i.get("name"), "text": value_text(i)})
            given.add(i.get("name"))
        decision = by_name.get(node.get("name"))
        if decision is None:
            raise Skip("import")
        done = {e.get("id") for name, e in by_name.items() if name in given or local(e) == "inputData"}
        line["steps"] += steps_of(decision, by_id, done)
        line["result"] = line["steps"][-1]["name"]
        expected = child(node, "expected")
        line["expected"] = value_text(expected) if expected is not None else "null"
    except Skip as skip:
        line["skip"] = str(skip)
    return line


def main():
    for tests in sorted(pathlib.Path(sys.argv[1]).glob("level-*/*/*test*.xml")):
        root = ET.parse(tests).getroot()
        by_id, by_name = model_of(tests.parent / child(root, "modelName").text)
        for case in children(root, "testCase"):
            for node in children(case, "resultNode"):
                identity = f"{tests.parent.name}/{case.get('id')}/{node.get('name')}"
                print(json.dumps(case_line(case, node, by_id, by_name, identity), ensure_ascii=False))


if __name__ == "__main__":
    main()
