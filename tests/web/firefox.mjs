// Visits the test site with Firefox. Prints a line of JSON for each step; before the last it waits for a line.
// Usage: node firefox.mjs /path/to/firefox http://127.0.0.1:PORT
import { once } from "node:events";
import puppeteer from "puppeteer-core";

const [executablePath, address] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
const tell = (step, seen) => console.log(JSON.stringify({ step, ...seen }));

async function open() {
  const page = await browser.newPage();
  await page.goto(address);
  return page;
}

const selectorOf = (section) => `.highlight.run[data-section="${section}"]`;

async function waitFor(page, section, ...states) {
  const isReached = (selector, wanted) => wanted.includes(document.querySelector(selector).dataset.state);
  await page.waitForFunction(isReached, { timeout: 30_000 }, selectorOf(section), states);
}

async function press(page, section, name) {
  await page.locator(`${selectorOf(section)} .${name}`).click();
}

async function run(page, section) {
  await press(page, section, "run-button");
  await waitFor(page, section, "done", "failed", "stopped");
  return look(page, section);
}

async function rewrite(page, section, source) {
  await press(page, section, "run-edit");
  await page.locator(`${selectorOf(section)} :is(textarea, [contenteditable=true])`).click();
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.keyboard.type(source);
}

function look(page, section) {
  return page.$eval(selectorOf(section), (block) => ({
    state: block.dataset.state,
    status: block.querySelector(".run-status").textContent,
    output: block.querySelector(".run-output-text").textContent,
  }));
}

try {
  const first = await open();
  tell("a lesson", await run(first, "sign_in"));
  const second = await open();
  tell("a second tab", { ...(await run(second, "add")), workers: second.workers().length });
  await rewrite(second, "count", "while True: pass");
  await press(second, "count", "run-button");
  await waitFor(second, "count", "running");
  await press(second, "count", "run-stop");
  await waitFor(second, "count", "stopped");
  tell("stopped", await look(second, "count"));
  tell("after the stop", await run(first, "count"));
  await first.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await first.waitForFunction(() => caches.match(location.href).then(Boolean));
  await Promise.all([first.close(), second.close()]);
  tell("kept", {});
  await once(process.stdin, "data");
  tell("without a network", await run(await open(), "sign_in"));
} finally {
  await browser.close();
}
process.exit();
