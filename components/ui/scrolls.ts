/** For an element that scrolls by itself: the keyboard must be able to reach it. */
export const SCROLLS = { tabIndex: 0 } as const;
