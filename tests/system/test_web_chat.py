"""The web chat in a real browser: the health survey from the first question to the product."""
import unittest

import support
from browser import ENTER, Browser

ROUTE = "  - {platform: web, flow: health}"
HEALTH = (support.ROOT / "flows" / "examples" / "health.yaml").read_text(encoding="utf-8")
ANSWERS = [("몇 살", "서른하나"), ("키는", "165"), ("몸무게는", "육십이 킬로")]


class WebChat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gilbot = support.Gilbot(None, ROUTE, {"health.yaml": HEALTH}).start()
        cls.addClassCleanup(cls.gilbot.close)

    def browser(self, **how):
        browser = Browser(**how)
        self.addCleanup(browser.close)
        browser.open(f"http://127.0.0.1:{self.gilbot.port}/chat")
        return browser

    def answer_all(self, browser):
        browser.wait_for("성별")
        browser.click_text("button", "여성")
        for question, answer in ANSWERS:
            browser.wait_for(question)
            browser.type("textarea", answer + ENTER)
        browser.wait_for("움직이세요")
        browser.click_text("button", "조금 움직여요")
        browser.wait_for("체중은")
        browser.click_text("button", "5kg 이상")
        browser.wait_for("몇 끼")
        browser.type("textarea", "세 끼요" + ENTER)
        browser.wait_for("몇 리터")
        browser.type("textarea", "1.2리터" + ENTER)

    def test_the_survey_in_the_browser_ends_in_a_product_with_a_link(self):
        browser = self.browser()
        self.answer_all(browser)
        browser.wait_for("상담")
        link = support.until("a link to the product", lambda: browser.find('a[href^="https://shop.example/"]'), 40)
        self.assertTrue(link)
        browser.picture("chat")
        self.assertEqual(browser.faults(), [])

    def test_a_reload_shows_the_conversation_so_far_once(self):
        browser = self.browser()
        browser.wait_for("성별")
        browser.click_text("button", "남성")
        browser.wait_for("몇 살")
        browser.open(f"http://127.0.0.1:{self.gilbot.port}/chat")
        browser.wait_for("몇 살")
        self.assertEqual(browser.text().count("성별을 알려"), 1)
        self.assertEqual(browser.text().count("몇 살"), 1)
        browser.type("textarea", "마흔 살" + ENTER)
        browser.wait_for("키는")

    def test_it_works_on_a_phone_in_the_dark(self):
        browser = self.browser(width=500, height=900, dark=True)
        browser.wait_for("성별")
        self.assertLessEqual(browser.run("return document.documentElement.scrollWidth"), 500)
        browser.picture("chat-dark")
        self.assertEqual(browser.faults(), [])

    def test_the_page_comes_back_by_itself_when_the_service_was_restarted(self):
        browser = self.browser()
        browser.wait_for("성별")
        self.gilbot.kill()
        self.gilbot.start()
        browser.type("textarea", "여성" + ENTER)
        browser.wait_for("몇 살", 40)
        self.assertEqual(browser.text().count("성별을 알려"), 1)

    def test_what_a_visitor_types_is_never_markup(self):
        browser = self.browser()
        browser.wait_for("성별")
        browser.type("textarea", "<img src=x onerror=alert(1)> **x**" + ENTER)
        browser.wait_for("<img src=x onerror=alert(1)> **x**")
        self.assertEqual(browser.faults(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
