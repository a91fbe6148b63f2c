import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query';
import { useState } from 'react';

import { commandId } from './client';
import { isAnswered } from './problem';

type Run<Output, Input> = (command: string, input: Input) => Promise<Output>;

/**
 * Sends commands: one has the same id until there is an answer, so whoever sends again after a lost connection sends the
 * same command. Another input is another command.
 */
export function sender<Output, Input>(newCommand: () => string) {
  let asked: { command: string; input: Input } | null = null;
  return async (run: Run<Output, Input>, input: Input): Promise<Output> => {
    if (asked?.input !== input) asked = null;
    asked ??= { command: newCommand(), input };
    try {
      const output = await run(asked.command, input);
      asked = null;
      return output;
    } catch (error) {
      if (isAnswered(error)) asked = null;
      throw error;
    }
  };
}

interface CommandOptions<Output, Input> extends Omit<UseMutationOptions<Output, Error, Input>, 'mutationFn'> {
  /** Sends it, with the id of the command. */
  run: Run<Output, Input>;
}

/** Something asked of the server that must not happen twice. */
export function useCommand<Output, Input = void>({
  run,
  ...options
}: CommandOptions<Output, Input>): UseMutationResult<Output, Error, Input> {
  const [send] = useState(() => sender<Output, Input>(commandId));
  return useMutation({ ...options, mutationFn: (input: Input) => send(run, input) });
}
