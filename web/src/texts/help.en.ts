// The help, in English.
import type { Texts } from './de';

export const help: Texts['help'] = {
  inbox: {
    title: 'Tasks',
    paragraphs: [
      'What is to be done. “Mine” are the tasks that you have taken, “Open” are those that nobody has taken yet.',
      'New tasks appear by themselves, without disturbing what you read or write.',
    ],
    points: [
      '“Take” tells the others that you are working on it.',
      'Due is the day by which the task should be done. Below it stands the nearest legal deadline of the case, if there is one.',
      '“Four eyes: not by you” means that you have had a hand in this case already; another person has to decide.',
      'Choose a process in the filter to see its own columns.',
    ],
  },
  task: {
    title: 'Doing a task',
    paragraphs: [
      'On the left is the form, on the right all that you need to know: data, deadlines with their derivation, documents and notes.',
      'Proposals of the system are in the form already. Check them; you are responsible for what you send.',
    ],
    points: [
      'Ctrl + Enter completes the task without the mouse.',
      'Where a letter comes of the task, “Preview” shows what it will look like with your entries. It changes nothing.',
      'What you type is kept in this window. It survives a reload and the end of your session.',
      'After completion the next task opens. If there is none, you are told with whom the case is now and whether a letter waits in the outgoing post.',
    ],
  },
  incoming: {
    title: 'Incoming post',
    paragraphs: [
      'An item is what has come in and belongs to no case yet: at the counter, from the scan folder or by e-mail. It waits with its true day of receipt; deadlines follow from that day, even if it is assigned later. Only the post room sees the incoming post.',
    ],
    points: [
      'For scans and e-mails the day is a proposal. Compare it with the stamp and confirm it; only then can the item be assigned.',
      '“Assign” puts the documents into the file. Say whether it is what the case waits for: then it counts as received on the day of receipt.',
      '“Begin a case” opens the form of the process; documents, day and channel go along.',
      '“Split” makes two items of one, “Join” one of two. “Discard or forward” asks for a reason. Nothing is lost: what was stands in the journal.',
      'PDF and pictures stand in the preview beside what is known; of several documents “Show” chooses one.',
      'Assigned wrongly? “Take the assignment back” at the item that is done, or on the page of the case (whoever may correct that): all of it lies in the incoming post again, with its day. If the case has taken it as an answer already, an incident says what to do.',
    ],
  },
  cases: {
    title: 'Cases',
    paragraphs: [
      'A case is an application or a notice with all that belongs to it: data, deadlines, documents, notes and course.',
    ],
    points: [
      '“Earlier state” shows the case as it was on a given day at a given time.',
      'Every deadline says sentence by sentence how it was computed and by which provision.',
      '“Print case” prints all parts one after the other. “Further intermediate values” (which only rules and connectors work with) are not printed.',
      '“More actions”: a question, a resubmission, a letter of your own, a document; extend, suspend or resume deadlines; split off a part or merge the case into another one.',
      'A document that does not belong into this file can be taken out, or moved to the right case, by whoever may correct. The file keeps that it was here.',
      '“Intervene” at the end of the overview: what you have done yourself can be taken back as long as nothing has come of it. Whoever may correct can skip a step, go back to an earlier one, change the application or end the case, each with a reason. A signature by a second person cannot be skipped.',
    ],
  },
  deadlines: {
    title: 'Deadlines',
    paragraphs: [
      'Legal deadlines in three sections: those that run, those that do not run yet, and those that are suspended. “Not running yet” means that the period begins only when the dispatch of a letter is recorded.',
    ],
    points: [
      'If a deadline would end on a Saturday, Sunday or holiday, the next working day is shown here; the derivation in the case gives the reason.',
    ],
  },
  post: {
    title: 'Outgoing post',
    paragraphs: [
      'Finished letters wait here until they leave the house. Only the recorded dispatch starts the periods.',
    ],
    points: [
      'Enter the day on which the letter was really posted, not the day on which you record it.',
      'Before you record it you see when the letter will count as notified and when the deadlines end that begin with it.',
      'Several letters with the same day and way can be recorded together.',
      'Did one come back? In the case, under “Documents”, there is “Did not arrive” for it; for an act “Send anew”.',
    ],
  },
  designer: {
    title: 'Processes',
    paragraphs: [
      'A process is made of steps and building blocks. Picture and outline show the same: what you select in one is selected in the other.',
      '“Check” lists all problems with file and line. “Deploy” checks again and runs all scenarios; if one fails, nothing changes.',
    ],
    points: [
      'Running cases stay on the version that they began with.',
      'Under “Settings” stands what your authority sets without changing the process: fees, periods, addresses.',
    ],
  },
  admin: {
    title: 'Administration',
    paragraphs: ['Building blocks, people, incidents and audit trail of this tenant.'],
    points: [
      'An incident means that a case cannot go on without help. Remove the cause, then “Try again”.',
      'People are not deleted but deactivated, so old cases still say who acted.',
    ],
  },
};
