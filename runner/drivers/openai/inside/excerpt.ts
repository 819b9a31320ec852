// What goes back to the model of a text of any length: its beginning and its end, cut in the middle, where a program says
// least. No more than that is in memory, however much comes.

/** Characters; every call of the model after it pays for them again. */
const HEAD = 8_000;
const TAIL = 16_000;

export interface Excerpt {
  add(text: string): void;
  /** Of all that came, with how much of it was left out. */
  text(): string;
}

export function createExcerpt(): Excerpt {
  let [head, tail, length] = ["", "", 0];
  return {
    add(text) {
      length += text.length;
      const first = text.slice(0, HEAD - head.length);
      head += first;
      tail += text.slice(first.length);
      if (tail.length > 2 * TAIL) tail = tail.slice(-TAIL); // seldom, so that many small pieces are not copied each time
    },
    text() {
      const end = tail.slice(-TAIL);
      const left = length - head.length - end.length;
      return left === 0 ? head + end : `${head}\n[${left} characters left out]\n${end}`.toWellFormed();
    },
  };
}

export function shortened(text: string): string {
  const excerpt = createExcerpt();
  excerpt.add(text);
  return excerpt.text();
}
