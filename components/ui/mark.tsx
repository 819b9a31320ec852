/** The sign of the house: a hull with its heading. */
export function Mark() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className="house-mark">
      <path d="M10 1.5 17.4 5.75v8.5L10 18.5 2.6 14.25v-8.5z" className="hull" />
      <path d="M6.2 12.6h7.6L10 5.6z" className="heading" />
    </svg>
  );
}
