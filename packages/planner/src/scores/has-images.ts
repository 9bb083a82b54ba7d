import type { Score } from './score.ts';

/** How many of the images that the machine starts from has the host already? */
export const hasImages: Score = {
  weight: 'hasImages',
  prepare({ images = [] }, snapshot) {
    if (images.length === 0 || !snapshot.knowsImages) return undefined;
    return (row) => {
      const there = snapshot.hosts[row]?.images;
      if (!there) return 0;
      let found = 0;
      for (const image of images) if (there.has(image)) found++;
      return found / images.length;
    };
  },
};
