"use client";

import { Printer } from "lucide-react";
import { Button } from "../ui/button.tsx";

export function PrintButton() {
  return (
    <span className="no-print">
      <Button icon={Printer} onClick={() => window.print()}>
        Print
      </Button>
    </span>
  );
}
