import { Visible } from "../ui/visible.tsx";

const TESTS_SHOWN = 8;

export function TestList({ tests }: { tests: readonly string[] }) {
  return (
    <ul className="grid gap-0.5">
      {tests.slice(0, TESTS_SHOWN).map((test) => (
        <li key={test} className="mono t2 tw">
          <Visible text={test} />
        </li>
      ))}
      {tests.length > TESTS_SHOWN ? <li className="t3 sm">and {tests.length - TESTS_SHOWN} more</li> : null}
    </ul>
  );
}
