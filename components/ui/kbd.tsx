/** Keys pressed one after another: `G` `I`. */
export function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className="kbdhint">
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
