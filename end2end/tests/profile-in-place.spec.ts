// The profile with script: the form is saved in place, and nothing that was typed is lost by mistake. That it works
// without script as well is tested here and in profile.spec.ts. The picture is in profile-picture.spec.ts.
import type { Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { mark } from '../fixtures/mark';
import { checkIn, targetsAreLarge } from '../fixtures/page-check';
import { newPerson } from '../fixtures/person';
import { pictures, type Upload } from '../fixtures/pictures';
import { halves, open, parts } from '../fixtures/profile';
import type { Shopper } from '../fixtures/shopper';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { say } from '../fixtures/words';

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
