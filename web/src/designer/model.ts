import type { Diagnostic, Files, ProcessDetail } from '../api/shapes';

/** What the views of a process show, wherever it comes from. */
export interface Model {
  id: string;
  /** Null when the files are so wrong that no process can be read from them. */
  process: ProcessDetail | null;
  /** Names the settings as they were read; null for a draft. */
  tag: string | null;
  problems: Diagnostic[];
  /** The texts of a draft; a deployed process gives them one by one. */
  files: Files | null;
  paths: string[];
}
