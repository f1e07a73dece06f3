/* An import's dialog always learns what became of the file. */
import assert from "node:assert/strict";
import test from "node:test";
import { lastLine, outcome, shareOf, stageOf } from "../../clickcounter/components/importing/import_response.js";

const HTML = "<html>\n<head><title>502 Bad Gateway</title></head>\n</html>\n";

test("the newest whole line says how far an import is", () => {
  assert.equal(lastLine(""), null);
  assert.equal(lastLine('{"done": 1'), null);
  assert.deepEqual(lastLine('{"done": 1, "whole": 3}\n{"done": 2, "wh'), { done: 1, whole: 3 });
  assert.deepEqual(outcome(200, '{"done": 3, "whole": 3}\n{"written": 3, "known": 0}\n'), { written: 3, known: 0 });
  assert.deepEqual(outcome(409, '{"error": "import_busy"}\n'), { error: "import_busy" });
});

test("a proxy's page of HTML ends an import with a reason", () => {
  assert.equal(lastLine(HTML).done, undefined);
  for (const status of [200, 502, 504]) assert.equal(outcome(status, HTML).error, "lost");
  assert.equal(outcome(413, HTML).error, "import_large");
  assert.equal(outcome(413, "").error, "import_large");
});

test("an import that was cut off has an unknown result", () => {
  const texts = ["", '{"done": 1, "whole": 3}\n', "null\n", "7\n", "[]\n", "{}\n"];
  for (const text of texts) assert.equal(outcome(0, text).error, "lost", text);
});

test("each stage of an import has its text and its share", () => {
  const stages = [
    [{ sent: 0.5 }, "import_sending", 0.5],
    [{ waiting: true }, "import_waiting", undefined],
    [{ checked: 25, size: 100 }, "import_checking", 0.25],
    [{ done: 0, whole: 0 }, "import_writing", 0],
    [{ done: 1, whole: 4 }, "import_writing", 0.25],
  ];
  for (const [status, text, share] of stages) assert.deepEqual([stageOf(status), shareOf(status)], [text, share]);
  assert.equal(stageOf({ error: "lost" }), null);
});
