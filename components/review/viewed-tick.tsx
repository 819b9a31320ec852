interface ViewedTickProps {
  readonly path: string;
  readonly viewed: boolean;
  readonly onViewed: (viewed: boolean) => void;
}

export function ViewedTick({ path, viewed, onViewed }: ViewedTickProps) {
  return (
    <label className="row sm t2 gap-1.5 px-1.5">
      <input
        type="checkbox"
        className="check"
        checked={viewed}
        onChange={(event) => onViewed(event.target.checked)}
      />
      Viewed<span className="vh"> {path}</span>
    </label>
  );
}
