import { Rejection } from '../../../chaincode/domain/errors';
import { Story, type Chapter } from './story';
import type { Act } from './world';

/** A chapter by its title, on a ledger of its own. */
export function chapterAt(chapters: readonly Chapter[], title: string): Chapter {
  const found = chapters.find((chapter) => chapter.title === title);
  if (found === undefined) throw new Error(`no chapter ${title}`);
  return { ...found, world: found.world.clone() };
}

/** What becomes of an act: `allowed`, or the code it is refused with. */
export async function codeOf(chapter: Chapter, act: Act): Promise<string> {
  try {
    await chapter.world.judge(act);
    return 'allowed';
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
}

/** A story that goes on from a chapter. */
export function storyFrom(chapter: Chapter): Story {
  return Object.assign(new Story(), { world: chapter.world, ids: chapter.ids });
}
