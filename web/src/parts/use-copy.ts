import { useState } from 'react';

/** Puts a text on the clipboard. `copied`: null before, false when it did not work and people copy it themselves. */
export function useCopy(): { copied: boolean | null; copy: (text: string) => Promise<void> } {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Forbidden, or no TLS.
      setCopied(false);
    }
  };
  return { copied, copy };
}
