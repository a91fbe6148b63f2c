// What can be done to every case, whatever its process says: one menu, and a dialog each.
import { type ReactNode, useState } from 'react';
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';

import type { CaseDetail } from '../api/shapes';
import { useSpeech } from '../texts/language';
import { ExtendDialog, StopDialog } from './deadline-dialogs';
import { ErrandDialog } from './errand-dialog';
import { LetterDialog } from './letter-dialog';
import { ReinstateDialog } from './reinstate-dialog';
import { MergeDialog, SplitDialog } from './relation-dialogs';
import { UploadDialog } from './upload-dialog';

type Act = keyof ReturnType<typeof useSpeech>['t']['case']['beside']['act'];

/** Nothing is shown to somebody who can do none of it. */
export function MoreActions({ detail }: { detail: CaseDetail }) {
  const { t } = useSpeech();
  const [open, setOpen] = useState<Act | null>(null);
  const close = () => setOpen(null);
  const { beside, letter, document, correct } = detail.permissions;
  const running = detail.deadlines.some((each) => each.running && !each.statutory);
  const possible: [Act, boolean][] = [
    ['question', beside],
    ['resubmission', beside],
    ['letter', letter],
    ['document', document],
    ['extend', beside && detail.deadlines.some((each) => each.running && each.extendable)],
    ['suspend', beside && running],
    ['resume', beside && detail.deadlines.some((each) => each.suspended_since !== null)],
    ['reinstate', detail.reinstatable.length > 0],
    ['split', correct],
    ['merge', correct],
  ];
  const acts = possible.filter(([, may]) => may).map(([act]) => act);
  if (acts.length === 0) return null;
  const dialogs: Record<Act, () => ReactNode> = {
    question: () => <ErrandDialog detail={detail} kind="question" onClose={close} />,
    resubmission: () => <ErrandDialog detail={detail} kind="resubmission" onClose={close} />,
    letter: () => <LetterDialog detail={detail} onClose={close} />,
    document: () => <UploadDialog caseId={detail.id} onClose={close} />,
    extend: () => <ExtendDialog detail={detail} onClose={close} />,
    suspend: () => <StopDialog detail={detail} stop onClose={close} />,
    resume: () => <StopDialog detail={detail} stop={false} onClose={close} />,
    reinstate: () => <ReinstateDialog detail={detail} onClose={close} />,
    split: () => <SplitDialog detail={detail} onClose={close} />,
    merge: () => <MergeDialog detail={detail} onClose={close} />,
  };
  return (
    <>
      <MenuTrigger>
        <AriaButton className="kern-btn kern-btn--secondary kern-btn--x-small">
          <span className="kern-label">{t.case.beside.menu}</span>
        </AriaButton>
        <Popover className="fw-popover" placement="bottom end">
          <Menu className="fw-menu" aria-label={t.case.beside.menu}>
            {acts.map((act) => (
              <MenuItem key={act} id={act} className="fw-menu__item" onAction={() => setOpen(act)}>
                {t.case.beside.act[act]}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      {open !== null && dialogs[open]()}
    </>
  );
}
