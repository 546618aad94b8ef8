// The profile, with script and without: name, language, time zone and picture. What only script can do is in
// profile-in-place.spec.ts and profile-picture.spec.ts.
import { entriesOf } from '../fixtures/activity';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPerson } from '../fixtures/person';
import { pictures } from '../fixtures/pictures';
import { expect, test } from '../fixtures/test';
import { say, words } from '../fixtures/words';

withAndWithoutScript(() => {
  test('name, language and time zone', async ({ page, shopper }) => {
    const other = words[shopper.language === 'en' ? 'ru' : 'en'];
    const { fields, password, profile } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await page.goto('/account/profile');
    await shopper.waitForHydration();
    await expect(shopper.field(profile.display_name)).toHaveValue('');
    await expect(shopper.choice(profile.language)).toHaveValue(shopper.language);
    await expect(page.getByRole('definition').filter({ hasText: person.email })).toBeVisible();
    await expect(page.getByRole('term').filter({ hasText: fields.login })).toBeVisible();

    // Longer than a name may be: refused at the field, with all that was typed.
    const long = '🦊'.repeat(65);
    await shopper.field(profile.display_name).fill(long);
    await shopper.chooseTimeZone('Asia/Tokyo');
    await shopper.press(password.save);
    await expect(shopper.alert).toContainText(shopper.words.errors.display_name_too_long);
    await expect(shopper.field(profile.display_name)).toHaveAttribute('aria-invalid', 'true');
    await expect(shopper.field(profile.display_name)).toHaveAccessibleDescription(new RegExp(shopper.words.errors.display_name_too_long));
    await expect(shopper.field(profile.display_name)).toHaveValue(long);
    await expect(shopper.field(profile.time_zone)).toHaveValue('Asia/Tokyo');

    await shopper.field(profile.display_name).fill('Анна 🦊 Kim');
    await shopper.choice(profile.language).selectOption(shopper.language === 'en' ? 'ru' : 'en');
    await shopper.press(password.save);
    // The page switches to the new language at once.
    await expect(shopper.notice(other.profile.saved)).toBeVisible();
    await shopper.isAt('/account/profile', other.profile.title);
    await expect(shopper.field(other.profile.display_name)).toHaveValue('Анна 🦊 Kim');
    await expect(shopper.field(other.profile.time_zone)).toHaveValue('Asia/Tokyo');
    await page.goto('/account');
    await shopper.isAt('/account', say(other.account.hello, { name: 'Анна 🦊 Kim' }));
    await expect(page.getByRole('main')).not.toContainText(other.account.choose_zone);
    await page.goto('/account/activity');
    await expect(page.getByRole('main')).toContainText(say(other.activity.zone, { zone: 'Asia/Tokyo' }));
    await expect(entriesOf(page).filter({ hasText: other.events.profile_changed })).toContainText(/\d\d:\d\d JST/);

    // The name can be removed, and does not come back by itself when another field is refused.
    await page.goto('/account/profile');
    await shopper.field(other.profile.display_name).fill('');
    await shopper.field(other.profile.picture).setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('none') });
    await shopper.press(other.password.save);
    await expect(shopper.alert).toContainText(other.errors.picture_unknown);
    await expect(shopper.field(other.profile.display_name)).toHaveValue('');
    await expect(shopper.button(other.password.save)).not.toHaveAttribute('aria-busy', 'true');
    await shopper.press(other.password.save);
    await expect(shopper.notice(other.profile.saved)).toBeVisible();
    await page.goto('/account');
    await shopper.isAt('/account', say(other.account.hello, { name: person.login }));
  });

  test('a picture', async ({ page, shopper, request }) => {
    const { password, profile } = shopper.words;
    const person = newPerson();
    const main = page.getByRole('main');
    const picture = main.locator('img');
    await shopper.isSignedIn(person);
    const files = await pictures(page);

    // Initials while there is no picture.
    await page.goto('/account/profile');
    await shopper.field(profile.display_name).fill('Anna Kim');
    await shopper.press(password.save);
    await expect(main.getByText('AK', { exact: true })).toBeVisible();
    await expect(picture).toHaveCount(0);
    await expect(page.getByLabel(profile.remove_picture)).toHaveCount(0);

    const seen = new Set<string | null>();
    for (const file of Object.values(files)) {
      await shopper.field(profile.picture).setInputFiles(file);
      await shopper.press(password.save);
      await expect(shopper.notice(profile.saved)).toBeVisible();
      await expect(picture).toBeVisible();
      const source = await picture.getAttribute('src');
      // Each picture has a new address, so that no browser shows the previous one.
      expect(seen).not.toContain(source);
      seen.add(source);
      await expect.poll(() => picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([256, 256]);
      await page.goto('/account/profile');
    }
    // Nobody else can load it.
    const source = await picture.getAttribute('src');
    expect((await page.request.get(source ?? '')).headers()).toMatchObject({ 'content-type': 'image/jpeg', 'cache-control': 'no-store' });
    expect((await request.get(source ?? '')).status()).toBe(401);
    await page.goto('/account');
    await expect(picture).toBeVisible();

    await page.goto('/account/profile');
    await page.getByLabel(profile.remove_picture).check();
    await shopper.press(password.save);
    await expect(shopper.notice(profile.saved)).toBeVisible();
    await expect(main.getByText('AK', { exact: true })).toBeVisible();
    await expect(picture).toHaveCount(0);
  });

  test('a picture that is none is refused, and everything else stays as it was typed', async ({ page, shopper }) => {
    const { errors, password, profile } = shopper.words;
    await shopper.isSignedIn(newPerson());
    const { png } = await pictures(page);
    const name = shopper.field(profile.display_name);
    const file = shopper.field(profile.picture);
    await page.goto('/account/profile');
    await shopper.waitForHydration();
    await name.fill('Anna');
    await shopper.chooseTimeZone('Europe/Moscow');
    for (const [upload, why] of [
      [{ ...png, buffer: Buffer.from('Not a picture at all.') }, errors.picture_unknown],
      [{ name: 'me.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>') }, errors.picture_unknown],
      [{ ...png, buffer: png.buffer.subarray(0, png.buffer.length / 2) }, errors.picture_broken],
      // With script only a square of it is sent, which is small.
      ...(shopper.script ? [] : [[{ ...png, buffer: Buffer.concat([png.buffer, Buffer.alloc(2 * 1024 * 1024)]) }, errors.picture_too_large] as const]),
    ] as const) {
      await file.setInputFiles(upload);
      await shopper.press(password.save);
      await expect(shopper.button(password.save)).not.toHaveAttribute('aria-busy', 'true');
      await expect(shopper.alert).toContainText(why);
      await expect(file).toHaveAttribute('aria-invalid', 'true');
      await expect(file).toHaveAccessibleDescription(new RegExp(why));
      await expect(name).toHaveValue('Anna');
      await expect(shopper.field(profile.time_zone)).toHaveValue('Europe/Moscow');
      await expect(shopper.choice(profile.language)).toHaveValue(shopper.language);
      // Nothing was saved meanwhile.
      await expect(page.getByRole('main').locator('img')).toHaveCount(0);
    }
    await page.goto('/account');
    await expect(page.getByRole('main')).not.toContainText('Anna');
  });

  test('of two tabs that change the profile the second is told', async ({ page, shopper }) => {
    const { errors, password, profile } = shopper.words;
    await shopper.isSignedIn(newPerson());
    const second = await shopper.newTab();
    for (const tab of [shopper, second]) {
      await tab.page.goto('/account/profile');
      await tab.waitForHydration();
      await tab.chooseTimeZone('Europe/Paris');
    }
    await shopper.field(profile.display_name).fill('First');
    await shopper.press(password.save);
    await expect(shopper.notice(profile.saved)).toBeVisible();

    await second.field(profile.display_name).fill('Second');
    await second.chooseTimeZone('Asia/Tokyo');
    await second.press(password.save);
    await expect(second.alert).toContainText(errors.changed_elsewhere);
    // The values that the first tab saved are shown next to what was typed here, and nothing is lost.
    const language = second.choice(profile.language).locator('option:checked');
    await expect(second.alert).toContainText(
      say(profile.now_saved, { name: 'First', language: (await language.textContent()) ?? '', zone: 'Europe/Paris' }),
    );
    await expect(second.field(profile.display_name)).toHaveValue('Second');
    await expect(second.field(profile.time_zone)).toHaveValue('Asia/Tokyo');
    await page.reload();
    await expect(shopper.field(profile.display_name)).toHaveValue('First');

    await second.press(password.save);
    await expect(second.notice(profile.saved)).toBeVisible();
    await expect(second.field(profile.display_name)).toHaveValue('Second');
    await page.reload();
    await expect(shopper.field(profile.display_name)).toHaveValue('Second');
  });
});

test.describe('the time zone', () => {
  test('is proposed by the browser, and counts once it is saved', async ({ page, shopper }) => {
    const { account, password, profile } = shopper.words;
    await shopper.isSignedIn(newPerson());
    await shopper.follow(account.choose_zone_link);
    await shopper.isAt('/account/profile', profile.title);
    await shopper.waitForHydration();
    // The tests' browsers are in Helsinki.
    await expect(shopper.field(profile.time_zone)).toHaveValue('Europe/Helsinki');
    await expect(shopper.notice(profile.time_zone_proposed)).toBeVisible();
    await page.goto('/account');
    await expect(page.getByRole('main')).toContainText(account.choose_zone);
    await page.goto('/account/profile');
    await shopper.waitForHydration();
    await shopper.press(password.save);
    await expect(shopper.notice(profile.saved)).toBeVisible();
    await expect(shopper.field(profile.time_zone)).toHaveValue('Europe/Helsinki');
    // After a choice the browser's zone no longer matters.
    await shopper.chooseTimeZone('Asia/Tokyo');
    // Saved in place: reloading the page before it is done would save nothing.
    const saved = page.waitForResponse('**/api/profile');
    await shopper.press(password.save);
    await saved;
    await expect(shopper.field(profile.time_zone)).toHaveValue('Asia/Tokyo');
    await page.reload();
    await expect(shopper.field(profile.time_zone)).toHaveValue('Asia/Tokyo');
    await page.goto('/account');
    await expect(page.getByRole('main')).not.toContainText(account.choose_zone);
  });

  test.describe('without script', () => {
    test.use({ javaScriptEnabled: false });

    test('is UTC until one is chosen', async ({ page, shopper }) => {
      const { events, profile } = shopper.words;
      await shopper.isSignedIn(newPerson());
      await expect(entriesOf(page).filter({ hasText: events.signed_in })).toContainText(/\d\d:\d\d UTC/);
      await page.goto('/account/profile');
      await expect(shopper.field(profile.time_zone)).toHaveValue('');
    });
  });
});
