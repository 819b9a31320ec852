"use client";

import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";

export function PrintButton({ icon }: { icon: ReactNode }) {
  return (
    <Button type="button" className="no-print" onClick={() => window.print()}>
      {icon}
      Print
    </Button>
  );
}
