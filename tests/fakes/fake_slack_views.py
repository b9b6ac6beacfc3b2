"""Slack's modals: what views.open refuses, and what the client sends when somebody fills one in.

Limits: platforms/slack.md 4 (views) and 5.5 (Block Kit).
"""
import json
import re

TEXT_LIMIT, HINT_LIMIT, INPUT_LIMIT = 2000, 2000, 3000
DECIMAL = re.compile(r"-?\d+(\.\d+)?")
VIEW_KEYS = {"type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id",
             "clear_on_close", "notify_on_close"}
ELEMENT_KEYS = {
    "plain_text_input": {"multiline", "min_length", "max_length", "placeholder", "initial_value"},
    "number_input": {"is_decimal_allowed", "min_value", "max_value", "placeholder", "initial_value"},
    "email_text_input": {"placeholder", "initial_value"},
    "datepicker": {"placeholder", "initial_date"},
    "radio_buttons": {"options", "initial_option"},
    "static_select": {"options", "placeholder", "initial_option"},
    "checkboxes": {"options", "initial_options"},
    "multi_static_select": {"options", "placeholder", "initial_options", "max_selected_items"},
}
MOST_OPTIONS = {"radio_buttons": 10, "checkboxes": 10, "static_select": 100, "multi_static_select": 100}


class Views:
    """`rules`: the module fake_slack, whose checks of texts and options hold here too."""

    def __init__(self, rules):
        self.rules = rules

    def need(self, condition, detail):
        self.rules.check(condition, "invalid_arguments", detail)

    # ── what Slack refuses ────────────────────────────────────────────────────────────────────────────────────────
    def check(self, view):
        self.need(isinstance(view, dict) and view.get("type") == "modal", "view: type")
        self.need(set(view) <= VIEW_KEYS, f"view: {set(view) - VIEW_KEYS}")
        self.rules.check(len(json.dumps(view)) <= 250_000, "view_too_large")
        for key in ("title", "submit", "close"):
            if key in view or key == "title":
                self.rules.check_text(view.get(key), 24, f"view: {key}", ("plain_text",))
        self.need(len(view.get("private_metadata", "")) <= 3000, "view: private_metadata")
        self.need(len(view.get("callback_id", "")) <= 255, "view: callback_id")
        blocks = view.get("blocks")
        self.need(isinstance(blocks, list) and 1 <= len(blocks) <= 100, "view: blocks")
        ids = [block["block_id"] for block in blocks if "block_id" in block]
        self.need(len(ids) == len(set(ids)), "view: a block_id twice")
        for i, block in enumerate(blocks):
            if block.get("type") == "input":
                self.need("submit" in view, "view: an input needs submit")
                self.check_input(block, f"/view/blocks/{i}")
            else:
                self.rules.check_block(block, f"/view/blocks/{i}")

    def check_input(self, block, where):
        allowed = {"type", "block_id", "label", "element", "hint", "optional", "dispatch_action"}
        self.need(set(block) <= allowed, f"{where}: {set(block) - allowed}")
        self.need(1 <= len(block.get("block_id", "x")) <= 255, f"{where}: block_id")
        self.need(isinstance(block.get("optional", False), bool), f"{where}: optional")
        self.rules.check_text(block.get("label"), TEXT_LIMIT, f"{where}: label", ("plain_text",))
        if "hint" in block:
            self.rules.check_text(block["hint"], HINT_LIMIT, f"{where}: hint", ("plain_text",))
        self.check_element(block.get("element") or {}, where)

    def check_element(self, element, where):
        kind = element.get("type")
        self.need(kind in ELEMENT_KEYS, f"{where}: element {kind}")
        more = set(element) - ELEMENT_KEYS[kind] - {"type", "action_id", "focus_on_load"}
        self.need(not more, f"{where}: {kind} knows no {more}")
        self.need(1 <= len(element.get("action_id", "x")) <= 255, f"{where}: action_id")
        if "placeholder" in element:
            self.rules.check_text(element["placeholder"], 150, f"{where}: placeholder", ("plain_text",))
        if kind in MOST_OPTIONS:
            self.rules.check_options(element, MOST_OPTIONS[kind], where)
            values = [option["value"] for option in element["options"]]
            self.need(len(values) == len(set(values)), f"{where}: an option's value twice")
        elif kind == "number_input":
            self.check_number(element, where)
        elif kind == "plain_text_input":
            least, most = element.get("min_length", 0), element.get("max_length", INPUT_LIMIT)
            self.need(0 <= least <= INPUT_LIMIT and 1 <= most <= INPUT_LIMIT and least <= most, f"{where}: lengths")
            self.need(isinstance(element.get("multiline", False), bool), f"{where}: multiline")

    def check_number(self, element, where):
        self.need(isinstance(element.get("is_decimal_allowed"), bool), f"{where}: is_decimal_allowed is required")
        bounds = [element[key] for key in ("min_value", "max_value") if key in element]
        for bound in bounds:
            self.need(isinstance(bound, str) and DECIMAL.fullmatch(bound), f"{where}: bound {bound!r}")
            self.need(element["is_decimal_allowed"] or "." not in bound, f"{where}: bound {bound!r} of whole numbers")
        self.need(len(bounds) < 2 or float(bounds[0]) <= float(bounds[1]), f"{where}: bounds")

    # ── what a person does ────────────────────────────────────────────────────────────────────────────────────────
    def state(self, view, answers, careless=False):
        """state.values of a modal filled in with {the end of a block_id after `:` → typed text, label, or labels}.
        What Slack's client would not let pass fails here; careless: it passes all the same."""
        values, left = {}, dict(answers)
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            answer = left.pop(block["block_id"].partition(":")[2], None)
            if not careless:
                problem = self.problem(block, answer)
                assert problem is None, f"Slack's client refuses {answer!r} for {block['label']['text']!r}: {problem}"
            values[block["block_id"]] = {block["element"]["action_id"]: self.element_state(block["element"], answer)}
        assert not left, f"the modal does not ask for {sorted(left)}"
        return values

    @staticmethod
    def problem(block, answer):
        element = block["element"]
        if answer in (None, "", []):
            return None if block.get("optional") else "it is required"
        if element["type"] == "number_input":
            if not DECIMAL.fullmatch(answer) or ("." in answer and not element["is_decimal_allowed"]):
                return "no such number"
            if not float(element.get("min_value", "-inf")) <= float(answer) <= float(element.get("max_value", "inf")):
                return "out of bounds"
        if element["type"] == "plain_text_input" and \
                not element.get("min_length", 0) <= len(answer) <= element.get("max_length", INPUT_LIMIT):
            return "its length"
        if element["type"] == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+", answer):
            return "no email address"
        return None

    @staticmethod
    def element_state(element, answer):
        kind, state = element["type"], {"type": element["type"]}
        if kind in MOST_OPTIONS:
            labels = [answer] if isinstance(answer, str) else answer or []
            chosen = [option for option in element["options"] if option["text"]["text"] in labels]
            assert len(chosen) == len(labels), f"no option is called {labels} in {element['options']}"
            several = kind in ("checkboxes", "multi_static_select")
            return {**state, "selected_options": chosen} if several else \
                {**state, "selected_option": chosen[0] if chosen else None}
        return {**state, "selected_date" if kind == "datepicker" else "value": answer or None}
