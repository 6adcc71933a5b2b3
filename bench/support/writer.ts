import { draftOf, type WordModel } from '../../web/aid/word-model.ts';
import { withSign, withWord } from '../../web/aid/writing.ts';

/** @returns the keys that `sentence` takes somebody who takes each right suggestion as soon as it is shown. */
export function keysFor(model: WordModel, sentence: string, suggestions: number): number {
  let draft = '';
  let keys = 0;
  while (draft.trimEnd().length < sentence.length) {
    const { before, begun } = draftOf(draft);
    const taken = model
      .predict(before, begun, suggestions)
      .map((word) => withWord(draft, word))
      .find((next) => isBeginning(sentence, next.trimEnd()) && endsWord(sentence, next.trimEnd().length));
    if (taken !== undefined) draft = taken;
    else if (isBeginning(sentence, draft)) draft = withSign(draft, sentence.charAt(draft.length));
    else {
      // The space that a suggestion left is not in the sentence: some signs move before it, else it is deleted first.
      const written = draft.trimEnd();
      const sign = sentence.charAt(written.length);
      const moved = withSign(draft, sign);
      if (!isBeginning(sentence, moved.trimEnd())) keys++;
      draft = isBeginning(sentence, moved.trimEnd()) ? moved : written + sign;
    }
    keys++;
  }
  return keys;
}

function isBeginning(sentence: string, draft: string): boolean {
  return plain(sentence.slice(0, draft.length)) === plain(draft);
}

function plain(text: string): string {
  return text.replaceAll('’', "'").toLowerCase();
}

function endsWord(sentence: string, length: number): boolean {
  return !/[\p{L}\p{M}'’-]/u.test(sentence.charAt(length));
}
