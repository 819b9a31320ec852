import { RefusalPage } from "#components/refusal/refusal-page.tsx";

export default function NotFound() {
  return (
    <RefusalPage
      code="not_found"
      title="Not found"
      sentence="There is nothing at this address, or you may not see it."
    />
  );
}
