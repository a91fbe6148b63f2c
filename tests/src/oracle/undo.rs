//! What was done is undone, the last first; what is active elsewhere is ended.

use serde_json::Value;

use super::{
    Oracle,
    act::Act,
    state::{Done, Node, Path},
    text::named,
};

impl Oracle {
    /// Before a step is left that can be undone: keeps what it wrote, and forgets what was done inside.
    pub fn keep_done(&mut self, id: usize, scope: usize) {
        let node = &self.state.nodes[&id];
        let path = node.path.clone();
        let step = &self.texts.steps[&path.step];
        if node.is_round || node.skipped || step.written.get("undo").is_none() {
            return;
        }
        let at = self.address(step.frame, &step.id, &path.rounds);
        let written = self.state.read(&at).cloned().unwrap_or(Value::Null);
        self.state.done += 1;
        let number = self.state.done;
        self.state.nodes.get_mut(&id).expect("it is left now").done.clear();
        let scope = self.state.nodes.get_mut(&scope).expect("a scope outlives what lies in it");
        scope.done.insert(number, Done { path, written });
    }

    /// Begins to undo what was done in the scope: all, or what is named.
    pub fn begin_to_undo(&mut self, id: usize, what: &Value) {
        let node = &self.state.nodes[&id];
        let scope = node.parent.expect("a step lies in a scope");
        if node.undoing.is_none() && node.done.is_empty() {
            let steps: Vec<String> =
                named(what).iter().map(|id| self.texts.named(&node.path.step, id)).collect();
            let wanted = |done: &Done| {
                steps.is_empty() || steps.iter().any(|step| self.texts.lies_in(&done.path.step, step))
            };
            let around = self.state.nodes.get_mut(&scope).expect("it is around");
            let (taken, left) =
                std::mem::take(&mut around.done).into_iter().partition(|(_, done)| wanted(done));
            around.done = left;
            self.state.nodes.get_mut(&id).expect("it runs").done = taken;
        }
        self.undo_next(id);
    }

    /// Undoes what was done last of what is left.
    pub fn undo_next(&mut self, id: usize) {
        let node = self.state.nodes.get_mut(&id).expect("it undoes");
        let Some((_, done)) = node.done.pop_last() else { return self.leave(id, None) };
        node.undoing = Some(done.clone());
        let Path { step, rounds } = done.path;
        let by = self.texts.steps[&step].written["undo"].as_str().expect("it can be undone").to_owned();
        let path = Path { step: self.texts.named(&step, &by), rounds };
        let entered = self.add(Node { path, parent: Some(id), after: step, ..Node::default() });
        self.state.agenda.push(entered);
    }

    /// Ends steps wherever they are active in the same rounds, and goes on.
    pub fn cancel_steps(&mut self, id: usize, steps: &[String]) {
        let here = self.state.nodes[&id].path.clone();
        let steps: Vec<String> = steps.iter().map(|step| self.texts.named(&here.step, step)).collect();
        let ended: Vec<(usize, Option<usize>)> = self
            .state
            .nodes
            .iter()
            .filter(|(_, node)| {
                !node.is_round && steps.contains(&node.path.step) && self.same_rounds(&node.path, &here)
            })
            .map(|(id, node)| (*id, node.parent))
            .collect();
        for (id, _) in &ended {
            self.state.remove(*id);
        }
        self.keep_in_house(&steps, &here);
        self.leave(id, None);
        for scope in ended.into_iter().filter_map(|(_, scope)| scope) {
            self.path_ended(scope);
        }
    }
    /// What these steps have made and nobody has sent stays in the house; an act of which nothing was sent is none any more.
    pub fn keep_in_house(&mut self, steps: &[String], here: &Path) {
        let of_them = |by: &Path| {
            steps.iter().any(|step| self.texts.lies_in(&by.step, step)) && self.same_rounds(by, here)
        };
        let documents = self.state.documents.iter().enumerate();
        let unsent = documents.filter(|(_, document)| {
            document.outgoing && document.sent.is_none() && document.by.as_ref().is_some_and(of_them)
        });
        let unsent: Vec<usize> = unsent.map(|(number, _)| number).collect();
        let is_sent = |act: &Act| {
            let mut letters = act.addressees.values().flat_map(|addressed| &addressed.letters);
            letters.any(|letter| self.state.documents[letter.document].sent.is_some())
        };
        let acts = self.state.acts.iter().enumerate();
        let undone = acts.filter(|(_, act)| act.issued.is_some() && of_them(&act.step) && !is_sent(act));
        let undone: Vec<usize> = undone.map(|(number, _)| number).collect();
        for number in &undone {
            if let Some(node) = self.draft(&self.state.acts[*number]).map(|draft| draft.node) {
                self.cancel_beside(node);
            }
        }
        self.keep_inside(&unsent);
        for number in undone {
            let act = &mut self.state.acts[number];
            (act.issued, act.draft) = (None, None);
            act.addressees.clear();
            act.corrections.clear();
        }
    }
}
