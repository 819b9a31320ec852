import { Play } from "lucide-react";
import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { RadioCards } from "../form/choice.tsx";
import { SelectField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import { STATUSES } from "../status.ts";
import { Badge } from "./badge.tsx";
import { Button } from "./button.tsx";
import { Meter } from "./meter.tsx";
import { RelativeTime } from "./relative-time.tsx";
import { Table } from "./table.tsx";

describe("a badge", () => {
  test("is icon, word and tone, and names its state for tests", () => {
    const badge = html(<Badge noun="run" status="awaiting_decision" />);
    expect(badge).toContain('class="badge need"');
    expect(badge).toContain('data-status="awaiting_decision"');
    expect(badge).toContain("<svg");
    expect(badge).toContain("Awaiting decision");
  });

  test("only what works turns", () => {
    expect(html(<Badge noun="run" status="working" />)).toContain("spin");
    expect(html(<Badge noun="run" status="verifying" />)).not.toContain("spin");
  });

  test("the same state looks the same in a dense cell, without its box", () => {
    for (const status of Object.keys(STATUSES.pilot) as (keyof typeof STATUSES.pilot)[]) {
      const dense = html(<Badge noun="pilot" status={status} bare />);
      expect(dense).toContain('class="st ');
      expect(dense).toContain(STATUSES.pilot[status].word);
    }
  });
});

describe("a button", () => {
  test("that is blocked says why, keeps the focus and submits nothing", () => {
    const button = html(
      <Button type="submit" blocked="2 files not viewed">
        Approve…
      </Button>,
    );
    expect(button).toContain('aria-disabled="true"');
    expect(button).toContain('title="2 files not viewed"');
    expect(button).toContain('type="button"');
    expect(button).not.toContain(" disabled");
  });

  test("that is pending says what it does", () => {
    const button = html(
      <Button type="submit" pending="Approving" icon={Play}>
        Approve
      </Button>,
    );
    expect(button).toContain('aria-busy="true"');
    expect(button).toContain("Approving");
    expect(button).not.toContain(">Approve<");
  });

  test("is a plain button unless it is told to submit", () => {
    expect(html(<Button>Back</Button>)).toContain('type="button"');
    expect(html(<Button type="submit">Go</Button>)).toContain('type="submit"');
  });
});

describe("a field", () => {
  test("is tied to its label and its hint", () => {
    const field = html(<TextField name="controls.minutes" label="Time" hint="Per attempt." />);
    expect(field).toContain('for="f-controls-minutes"');
    expect(field).toContain('id="f-controls-minutes"');
    expect(field).toContain('aria-describedby="f-controls-minutes-about"');
    expect(field).toContain('id="f-controls-minutes-about"');
  });

  test("that is wrong says so beside it, in the place of its hint, and keeps what was typed", () => {
    const field = html(
      <TextField name="a" label="A" hint="Hint" errors={{ a: ["At least 1."] }} defaultValue="0" />,
    );
    expect(field).toContain('aria-invalid="true"');
    expect(field).toContain('role="alert"');
    expect(field).toContain("At least 1.");
    expect(field).not.toContain("Hint");
    expect(field).toContain('value="0"');
  });

  test("an error of another field changes nothing", () => {
    expect(
      html(
        <SelectField name="a" label="A" options={[{ value: "1", title: "One" }]} errors={{ b: ["No."] }} />,
      ),
    ).not.toContain("aria-invalid");
  });

  test("one of a few is preselected, and only that one", () => {
    const cards = html(
      <RadioCards
        name="scope"
        label="Scope"
        defaultValue="run"
        choices={[
          { value: "run", title: "This run" },
          { value: "all", title: "Everything" },
        ]}
      />,
    );
    expect(cards.match(/checked=""/g)).toHaveLength(1);
    expect(cards).toContain("<legend");
  });
});

describe("the answer of a form", () => {
  test("a failure is an alert with the request's id", () => {
    const answer = html(<FormAnswer state={{ error: "The database refused.", requestId: "req_19ac77e2" }} />);
    expect(answer).toContain('role="alert"');
    expect(answer).toContain("req_19ac77e2");
  });

  test("what was done is a status; nothing is nothing", () => {
    expect(html(<FormAnswer state={{ done: "Stopped." }} />)).toContain('role="status"');
    expect(html(<FormAnswer state={{}} />)).toBe("");
  });
});

describe("small parts", () => {
  test.each([
    [-1, "0"],
    [0.43, "43"],
    [7, "100"],
  ])("a meter of %d is drawn %s wide", (share, width) =>
    expect(html(<Meter share={share} label="x" />)).toContain(`width="${width}"`),
  );

  test("a time is written by the server in UTC, so that the browser can agree before it takes over", () => {
    const time = html(<RelativeTime at="2026-11-19T08:12:04.000Z" />);
    expect(time).toContain("19 Nov 08:12 UTC");
    expect(time).toContain('title="Thu 19 Nov 2026, 08:12:04 UTC"');
    expect(time).toContain('dateTime="2026-11-19T08:12:04.000Z"');
  });

  test("a table has a name, heads its columns, and can be scrolled by the keyboard", () => {
    const table = html(
      <Table
        label="Runs"
        columns={[
          { key: "a", title: "Run" },
          { key: "b", title: "Actions", quiet: true },
        ]}
      >
        <tr />
      </Table>,
    );
    expect(table).toContain('<table aria-label="Runs"');
    expect(table.match(/scope="col"/g)).toHaveLength(2);
    expect(table).toContain('<span class="vh">Actions</span>');
    expect(table).toContain('tabindex="0"');
  });
});
