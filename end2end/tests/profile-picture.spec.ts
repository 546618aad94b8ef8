// The picture of the profile with script: chosen, dropped or pasted, it is cropped to a square before it is sent. That
// it works without script as well is tested in profile.spec.ts.
import type { Locator } from '@playwright/test';
import { mark } from '../fixtures/mark';
import { checkIn, targetsAreLarge } from '../fixtures/page-check';
import { pictures, type Upload } from '../fixtures/pictures';
import { halves, open } from '../fixtures/profile';
import { expect, test } from '../fixtures/test';

/** Returns the colours of a stored picture on the left and on the right. */
async function colours(picture: Locator): Promise<string[]> {
  return picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 256, height: 256 });
    // Read more than once: Chromium warns of a canvas that is not created for this.
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context?.drawImage(image, 0, 0);
    return [20, 236].map((x) => {
      const [red = 0, , blue = 0] = context?.getImageData(x, 128, 1, 1).data ?? [];
      return red > blue ? 'red' : 'blue';
    });
  });
}

/** Drops or pastes a file, with the events of the browser. */
async function bring(target: Locator, kind: 'drop' | 'paste', { name, mimeType, buffer }: Upload): Promise<void> {
  await target.evaluate(
    (element, [how, file, type, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], file, { type }));
      const event =
        how === 'drop'
          ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
          : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      element.dispatchEvent(event);
    },
    [kind, name, mimeType, buffer.toString('base64')] as const,
  );
}

for (const locale of ['en-GB', 'ru-RU']) {
  test.describe(locale, () => {
    test.use({ locale });

    test('a picture is chosen, moved by keys, zoomed and saved in place', async ({ page, shopper }) => {
      const { profile } = shopper.words;
      const { file, main, name, picture, save, saved, square, zoom } = await open(shopper);
      const stays = await mark(page);
      await expect(square).toBeHidden();
      await name.fill('Anna Kim');
      await file.setInputFiles(await halves(page));
      await expect(square).toBeFocused();
      await expect(square).toHaveAccessibleDescription(profile.crop_hint);
      await expect(file).toBeHidden();
      // Nothing is sent yet.
      await expect(main.getByText('AK', { exact: true })).toHaveCount(0);
      await expect(picture).toHaveCount(0);

      await shopper.press(save);
      await expect(saved).toBeVisible();
      await expect(picture).toBeVisible();
      // The middle, unless the user moves it.
      expect(await colours(picture)).toEqual(['red', 'blue']);
      await expect(square).toBeHidden();
      await expect(file).toBeVisible();
      await expect(page.getByLabel(profile.remove_picture)).toBeVisible();
      const before = await picture.getAttribute('src');

      // A second save of the same page, with another part of the picture.
      await file.setInputFiles(await halves(page));
      await expect(square).toBeFocused();
      for (let press = 0; press < 25; press += 1) await page.keyboard.press('ArrowRight');
      await expect(page.getByRole('status').filter({ hasText: `${profile.crop_across} 0 %` })).toHaveCount(1);
      await page.keyboard.press('+');
      await expect(zoom).toHaveValue('110');
      await zoom.fill('200');
      await expect(zoom).toHaveAttribute('aria-valuetext', '200 %');
      await shopper.press(save);
      await expect(saved).toBeVisible();
      await expect(picture).not.toHaveAttribute('src', before ?? '');
      expect(await colours(picture)).toEqual(['red', 'red']);
      expect(await stays()).toBe(true);

      // Removed again, still on the same page.
      await page.getByLabel(profile.remove_picture).check();
      await shopper.press(save);
      await expect(main.getByText('AK', { exact: true })).toBeVisible();
      await expect(picture).toHaveCount(0);
      await expect(page.getByLabel(profile.remove_picture)).toHaveCount(0);
      expect(await stays()).toBe(true);
    });
  });
}

test('a picture that replaces another is announced, too', async ({ page, shopper }) => {
  const { profile } = shopper.words;
  const { file, square } = await open(shopper);
  const upload = await halves(page);
  await bring(file, 'drop', upload);
  await expect(square).toBeVisible();
  await expect(shopper.notice(profile.picture_ready)).toHaveCount(1);
  // A screen reader reads a text when it changes.
  const announced = await page.evaluateHandle((words) => {
    const texts: string[] = [];
    const observer = new MutationObserver((changes) => {
      for (const { target } of changes) if (target.textContent?.includes(words)) texts.push(target.textContent);
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    return texts;
  }, profile.picture_ready);
  await bring(file, 'drop', upload);
  await expect.poll(() => announced.evaluate((texts) => texts.length)).toBeGreaterThan(0);
  await expect(shopper.notice(profile.picture_ready)).toHaveCount(1);
});

test('a picture is dropped or pasted, moved by hand, and left again', async ({ page, shopper }) => {
  const { profile } = shopper.words;
  const { file, name, picture, save, saved, square } = await open(shopper);
  const upload = await halves(page);
  await bring(file, 'drop', upload);
  await expect(square).toBeVisible();
  await expect(shopper.notice(profile.picture_ready)).toHaveCount(1);
  await shopper.press(profile.no_picture);
  await expect(square).toBeHidden();
  await expect(file).toBeFocused();

  // Pasted text goes to the cursor, and does not move the focus; nor does a picture.
  await name.click();
  await bring(name, 'paste', upload);
  await expect(square).toBeVisible();
  await expect(name).toBeFocused();
  await square.scrollIntoViewIfNeeded();
  const box = await square.boundingBox();
  if (!box) throw new Error('the square is not shown');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const part of [0.3, 0.6, 0.9]) await page.mouse.move(x - box.width * part, y);
  await page.mouse.up();
  await shopper.press(save);
  await expect(saved).toBeVisible();
  expect(await colours(picture)).toEqual(['blue', 'blue']);
});

test('a picture may be large, because only the square is sent', async ({ page, shopper }) => {
  const { file, picture, save, saved, square } = await open(shopper);
  const { png } = await pictures(page);
  const sent = page.waitForRequest((request) => request.url().endsWith('/api/profile'));
  await file.setInputFiles({ ...png, buffer: Buffer.concat([png.buffer, Buffer.alloc(3 * 1024 * 1024)]) });
  await expect(square).toBeVisible();
  await shopper.press(save);
  await expect(saved).toBeVisible();
  await expect(picture).toBeVisible();
  expect((await sent).headers().accept).toContain('latchkey.answer');
  expect(Number((await (await sent).allHeaders())['content-length'])).toBeLessThan(1024 * 1024);
});

test('what is no picture is told at its field before anything is sent', async ({ page, shopper }) => {
  const { errors } = shopper.words;
  const { file, name, save, saved, square } = await open(shopper);
  const { png } = await pictures(page);
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  for (const [buffer, why] of [
    [Buffer.from('Not a picture at all.'), errors.picture_unknown],
    [png.buffer.subarray(0, png.buffer.length / 2), errors.picture_broken],
  ] as const) {
    await file.setInputFiles({ ...png, buffer });
    await expect(file).toHaveAccessibleDescription(new RegExp(why));
    await expect(file).toHaveAttribute('aria-invalid', 'true');
    await expect(square).toBeHidden();
  }
  expect(posts).toEqual([]);
  // A valid one removes the error.
  await file.setInputFiles(png);
  await expect(square).toBeVisible();
  await expect(shopper.alert).toHaveCount(0);
  await name.fill('Anna');
  await shopper.press(save);
  await expect(saved).toBeVisible();
});

test('the square is for everybody', async ({ page, shopper }) => {
  const { file, square, zone } = await open(shopper);
  await file.setInputFiles(await halves(page));
  await expect(square).toBeVisible();
  await checkIn(['light', 'dark'])(page, 'profile with a square');
  await targetsAreLarge(page, 'profile with a square');
  await zone.click();
  await expect(page.getByRole('listbox')).toBeVisible();
  await checkIn(['light', 'dark'])(page, 'profile with time zones');
});
