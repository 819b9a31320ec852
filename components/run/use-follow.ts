import { useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 120;

const distanceToEnd = () => document.documentElement.scrollHeight - window.innerHeight - window.scrollY;
const toEnd = () => window.scrollTo({ top: document.documentElement.scrollHeight });

/**
 * Keeps the page at its end while it grows, unless the reader went up or came for something further up. `size` changes
 * whenever something was added.
 */
export function useFollow(
  live: boolean,
  size: number,
  beginsAtEnd: boolean,
): { readonly away: boolean; readonly toEnd: () => void } {
  const following = useRef(live && beginsAtEnd);
  const [away, setAway] = useState(false);
  useEffect(() => {
    if (!live) return;
    const onScroll = () => {
      following.current = distanceToEnd() < NEAR_PX;
      setAway(!following.current);
    };
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => window.removeEventListener("scroll", onScroll);
  }, [live]);
  useLayoutEffect(() => {
    if (size >= 0 && live && following.current) toEnd();
  }, [live, size]);
  return { away: live && away, toEnd };
}
