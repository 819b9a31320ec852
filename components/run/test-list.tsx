import { Visible } from "../ui/visible.tsx";

const TESTS_SHOWN = 8;

/** `most`: how many are shown by name. */
export function TestList({ tests, most = TESTS_SHOWN }: { tests: readonly string[]; most?: number }) {
  return (
    <ul className="grid gap-0.5">
      {tests.slice(0, most).map((test) => (
        <li key={test} className="mono t2 tw">
          <Visible text={test} />
        </li>
      ))}
      {tests.length > most ? <li className="t3 sm">and {tests.length - most} more</li> : null}
    </ul>
  );
}
