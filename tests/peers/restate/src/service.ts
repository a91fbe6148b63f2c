// The work as workflows of Restate. It has no user tasks; its users let a workflow wait for a durable promise, and whoever
// has done the work resolves it by a handler.
import * as restate from "@restatedev/restate-sdk";

// The SDK expects it, and Node.js has it from version 22 on.
if (!("withResolvers" in Promise)) {
  Object.assign(Promise, {
    withResolvers: () => {
      let settle = {};
      const promise = new Promise((resolve, reject) => {
        settle = { resolve, reject };
      });
      return { promise, ...settle };
    },
  });
}

interface Form {
  street: string;
  district: string;
  kind: "permit" | "notice";
  days: number;
}

interface Answer {
  task: string;
  values: Record<string, unknown>;
}

/** What somebody has filled in at the task of this name. */
const answered = (context: restate.WorkflowContext, task: string) =>
  context.promise<Record<string, unknown>>(task).get();

const complete = async (context: restate.WorkflowSharedContext, answer: Answer) => {
  await context.promise<Record<string, unknown>>(answer.task).resolve(answer.values);
};

const oneTask = restate.workflow({
  name: "OneTask",
  handlers: {
    run: async (context: restate.WorkflowContext, data: Record<string, unknown>) => {
      const values = await answered(context, "look");
      return { ...data, ...values };
    },
    complete,
  },
});

const tenEffects = restate.workflow({
  name: "TenEffects",
  handlers: {
    run: async (context: restate.WorkflowContext, _data: Record<string, unknown>) => {
      const results: string[] = [];
      for (let number = 1; number <= 10; number += 1) {
        results.push(await context.run(`effect ${number}`, () => "done"));
      }
      return results;
    },
  },
});

const feeOf = (form: Form) => {
  if (form.kind === "notice") return 0;
  if (form.days < 7) return 2500;
  return form.days <= 30 ? form.days * 500 : 20000;
};

const permit = restate.workflow({
  name: "Permit",
  handlers: {
    run: async (context: restate.WorkflowContext, form: Form) => {
      const fee = await context.run("fee", () => feeOf(form));
      const examined = await answered(context, "examine");
      const [yard, police] = await restate.RestatePromise.all([
        context.run("yard", () => `Sperrung: ${form.street}`),
        context.run("police", () => `Anordnung: ${form.district}`),
      ]);
      const signed = await answered(context, "sign");
      return { ...form, fee, ...examined, yard, police, ...signed };
    },
    complete,
  },
});

const port = Number(process.env["PORT"]);
restate.serve({ services: [oneTask, tenEffects, permit], port }).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
