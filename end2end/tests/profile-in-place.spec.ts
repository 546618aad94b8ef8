// The profile with script: the picture is cropped to a square before it is sent, the form is saved in place, and
// nothing that was typed is lost by mistake. That it works without script as well is tested here and in
// my-account.spec.ts.
import type { Locator, Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { checkIn, targetsAreLarge } from '../fixtures/page-check';
import { newPerson } from '../fixtures/person';
import { pictures, type Upload } from '../fixtures/pictures';
import type { Shopper } from '../fixtures/shopper';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { say } from '../fixtures/words';

/** Marks the page; the returned function reports whether it was not loaded again since. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { mark: true }));
  return () => page.evaluate(() => 'mark' in window);
}

/** Returns a picture three times as wide as high, red on the left and blue on the right. */
async function halves(page: Page): Promise<Upload> {
  const base64 = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 900, height: 300 });
    const context = canvas.getContext('2d');
    for (const [colour, left] of [['red', 0], ['blue', 450]] as const) {
      if (!context) continue;
      context.fillStyle = colour;
      context.fillRect(left, 0, 450, 300);
    }
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  });
  return { name: 'halves.png', mimeType: 'image/png', buffer: Buffer.from(base64, 'base64') };
}

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

function parts(shopper: Shopper) {
  const { password, profile } = shopper.words;
  const main = shopper.page.getByRole('main');
  return {
    main,
    picture: main.locator('img'),
    file: shopper.field(profile.picture),
    square: shopper.field(profile.crop),
    zoom: shopper.field(profile.zoom),
    name: shopper.field(profile.display_name),
    zone: shopper.field(profile.time_zone),
    save: shopper.button(password.save),
    saved: shopper.notice(profile.saved),
  };
}

async function open(shopper: Shopper): Promise<ReturnType<typeof parts>> {
  await shopper.isSignedIn(newPerson());
  await shopper.page.goto('/account/profile');
  await shopper.waitForHydration();
  return parts(shopper);
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

test('that it was saved is told without covering what has the focus, and can be put away', async ({ page, shopper }) => {
  const { ui } = shopper.words;
  await page.setViewportSize({ width: 320, height: 480 });
  const { name, save, saved } = await open(shopper);
  await name.fill('Anna');
  await save.focus();
  await page.keyboard.press('Enter');
  await expect(saved).toBeInViewport();
  await expect(save).toBeFocused();
  const covers = async () => {
    const [toast, button] = [await page.locator('.toast').boundingBox(), await save.boundingBox()];
    return !toast || !button || (toast.y < button.y + button.height && button.y < toast.y + toast.height);
  };
  await expect.poll(covers).toBe(false);
  // The notice does not disappear while it has the focus.
  await shopper.button(ui.dismiss).focus();
  await checkIn(['light', 'dark'])(page, 'profile saved in place');
  await targetsAreLarge(page, 'profile saved in place');
  await shopper.press(ui.dismiss);
  await expect(saved).toHaveCount(0);
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

test('leaving with unsaved changes asks, and without does not', async ({ page, shopper }) => {
  const { profile, settings } = shopper.words;
  const { file, name, save, saved } = await open(shopper);
  const asked = async (): Promise<void> => {
    const dialog = page.waitForEvent('dialog');
    const leaving = shopper.follow(shopper.side(settings.title));
    expect((await dialog).type()).toBe('beforeunload');
    await (await dialog).dismiss();
    await leaving;
    await shopper.isAt('/account/profile', profile.title);
  };
  await name.click();
  await page.keyboard.type('Anna');
  await asked();
  await expect(name).toHaveValue('Anna');
  await shopper.press(save);
  await expect(saved).toBeVisible();

  await file.setInputFiles(await halves(page));
  await expect(shopper.field(profile.crop)).toBeVisible();
  await asked();
  await shopper.press(profile.no_picture);

  // Typed and undone is no change, and neither is what the browser proposes.
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.type());
    void dialog.accept();
  });
  await name.click();
  await page.keyboard.press('End');
  await page.keyboard.type('!');
  await page.keyboard.press('Backspace');
  await shopper.follow(shopper.side(settings.title));
  await shopper.isAt('/account/settings', settings.title);
  await page.goto('/account/profile');
  await shopper.waitForHydration();
  await name.click();
  await shopper.follow(shopper.side(settings.title));
  await shopper.isAt('/account/settings', settings.title);
  expect(dialogs).toEqual([]);
});

test('what the browser proposes is not lost by leaving', async ({ page, shopper }) => {
  const { profile, settings } = shopper.words;
  const { name, zone } = await open(shopper);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.type());
    void dialog.accept();
  });
  await expect(zone).toHaveValue('Europe/Helsinki');
  await expect(shopper.notice(profile.time_zone_proposed)).toBeVisible();
  await name.click();
  await page.keyboard.type('x');
  await page.keyboard.press('Backspace');
  await shopper.follow(shopper.side(settings.title));
  await shopper.isAt('/account/settings', settings.title);
  expect(dialogs).toEqual([]);
});

test('another language is another page, and nobody is asked', async ({ page, shopper }) => {
  const { profile } = shopper.words;
  const { name, save } = await open(shopper);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.type());
    void dialog.accept();
  });
  const stays = await mark(page);
  await name.fill('Anna');
  await shopper.choice(profile.language).selectOption('ru');
  await shopper.press(save);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
  await expect(page.getByRole('status').filter({ hasText: 'Сохранено.' })).toBeVisible();
  expect(await stays()).toBe(false);
  expect(dialogs).toEqual([]);
});

test('what another tab has saved is told in place, and the next save goes through', async ({ page, shopper }) => {
  const { errors, profile } = shopper.words;
  const { name, save, saved } = await open(shopper);
  const second = await shopper.newTab();
  await second.page.goto('/account/profile');
  await second.waitForHydration();
  await name.fill('First');
  await shopper.chooseTimeZone('Europe/Paris');
  await shopper.press(save);
  await expect(saved).toBeVisible();

  const theirs = parts(second);
  const stays = await mark(second.page);
  await theirs.name.fill('Second');
  await theirs.file.setInputFiles(await halves(second.page));
  await expect(theirs.square).toBeVisible();
  await second.press(theirs.save);
  await expect(second.alert).toContainText(errors.changed_elsewhere);
  await expect(second.alert).toContainText(say(profile.now_saved, { name: 'First', language: 'English', zone: 'Europe/Paris' }));
  await expect(theirs.name).toHaveValue('Second');
  await expect(theirs.square).toBeVisible();
  await page.reload();
  await expect(name).toHaveValue('First');

  await second.press(theirs.save);
  await expect(theirs.saved).toBeVisible();
  await expect(second.alert).toHaveCount(0);
  await expect(theirs.picture).toBeVisible();
  expect(await stays()).toBe(true);
  await page.reload();
  await expect(name).toHaveValue('Second');
});

test('the time zone is found by typing', async ({ page, shopper }) => {
  const { errors, profile } = shopper.words;
  const { save, saved, zone } = await open(shopper);
  const list = page.getByRole('listbox', { name: profile.time_zones });
  const active = list.getByRole('option', { selected: true });
  const stays = await mark(page);
  await expect(list).toBeHidden();
  await expect(zone).toHaveAttribute('role', 'combobox');
  await expect(zone).toHaveAttribute('aria-expanded', 'false');

  await zone.fill('york');
  await expect(zone).toHaveAttribute('aria-expanded', 'true');
  await expect(active).toHaveText('America/New York');
  await page.keyboard.press('Enter');
  await expect(zone).toHaveValue('America/New York');
  await expect(list).toBeHidden();
  expect(await stays()).toBe(true);

  // By arrow keys, and not at all after Escape.
  await zone.fill('aus');
  await expect(list.getByRole('option').nth(1)).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(list.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(zone).toHaveValue('America/New York');
  await expect(list).toBeHidden();

  // By mouse or tap.
  await zone.fill('tok');
  await shopper.press(list.getByRole('option', { name: 'Asia/Tokyo' }));
  await expect(zone).toHaveValue('Asia/Tokyo');
  await expect(zone).toBeFocused();

  // An unknown zone is reported at the field, and nothing is sent.
  await zone.fill('Atlantis');
  await expect(page.getByText(profile.time_zone_none)).toBeVisible();
  await shopper.press(save);
  await expect(zone).toHaveAccessibleDescription(new RegExp(errors.time_zone_unknown));
  await expect(zone).toBeFocused();
  await expect(saved).toHaveCount(0);

  // A zone with an unambiguous name needs no choice from the list.
  await zone.fill('reykjavik');
  await shopper.press(save);
  await expect(saved).toBeVisible();
  await expect(zone).toHaveValue('Atlantic/Reykjavik');
  await page.reload();
  await shopper.waitForHydration();
  await expect(zone).toHaveValue('Atlantic/Reykjavik');
  // No zone is a choice, too: no list covers what follows, unless it is opened.
  await zone.fill('');
  await expect(list).toBeHidden();
  await expect(zone).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowDown');
  await expect(list.getByRole('option', { name: 'Atlantic/Reykjavik' })).toHaveCount(1);
  await expect(active).toHaveText(profile.no_time_zone);
  await page.keyboard.press('Escape');
  await expect(zone).toHaveValue('Atlantic/Reykjavik');
  await zone.fill('');
  await shopper.press(save);
  await expect(saved).toBeVisible();
  expect(await page.locator('select[name=time_zone]').inputValue()).toBe('');
});

withAndWithoutScript(() => {
  test('the profile is saved, with script or without', async ({ page, shopper }) => {
    const { profile } = shopper.words;
    const { file, name, picture, save, saved, square } = await open(shopper);
    await expect(page.getByText(profile.picture_hint_alive)).toBeVisible({ visible: shopper.script });
    await name.fill('Anna');
    await file.setInputFiles(await halvesFor(shopper, page));
    if (shopper.script) await expect(square).toBeVisible();
    else await expect(square).toBeHidden();
    await shopper.chooseTimeZone('Europe/Moscow');
    await shopper.press(save);
    await expect(saved).toBeVisible();
    await expect(picture).toBeVisible();
    await page.reload();
    await expect(name).toHaveValue('Anna');
    await expect(shopper.field(profile.time_zone)).toHaveValue('Europe/Moscow');
  });
});

/** Without script no canvas can draw one. */
async function halvesFor(shopper: Shopper, page: Page): Promise<Upload> {
  return shopper.script ? halves(page) : (await pictures(page)).png;
}

test.describe('when the WebAssembly is late', () => {
  test('nothing is shown that does not answer yet, what was chosen stays, and nothing moves', async ({ page, shopper }) => {
    let come = (): void => undefined;
    const held = new Promise<void>((done) => (come = done));
    await shopper.isSignedIn(newPerson());
    const upload = await halves(page);
    await page.route('**/*.wasm', async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    await page.goto('/account/profile', { waitUntil: 'commit' });
    const { name, save, square } = parts(shopper);
    const list = page.locator('select[name=time_zone]');
    await expect(list).toHaveClass('input');
    await expect(square).toBeHidden();
    const before = await save.boundingBox();
    await name.fill('typed early');
    await list.selectOption('Asia/Tokyo');
    come();
    await waitForHydration(page);
    expect(await save.boundingBox()).toEqual(before);
    await expect(name).toHaveValue('typed early');
    await expect(shopper.field(shopper.words.profile.time_zone)).toHaveValue('Asia/Tokyo');
    await shopper.field(shopper.words.profile.picture).setInputFiles(upload);
    await expect(square).toBeVisible();
  });

  test('without WebAssembly the form is posted as any other', async ({ page, shopper }) => {
    await shopper.isSignedIn(newPerson());
    await page.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly'));
    await page.goto('/account/profile');
    const { name, save, saved, square, zone } = parts(shopper);
    const stays = await mark(page);
    await expect(square).toBeHidden();
    await zone.selectOption('Asia/Tokyo');
    await name.fill('Anna');
    await shopper.press(save);
    await expect(saved).toBeVisible();
    expect(await stays()).toBe(false);
    await expect(zone).toHaveValue('Asia/Tokyo');
  });
});
