// A copy of all data, and the deletion of the account, which can be stopped.
import { readFile } from 'node:fs/promises';
import { entriesOf } from '../fixtures/activity';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPerson } from '../fixtures/person';
import { pictures } from '../fixtures/pictures';
import { expect, test } from '../fixtures/test';
import { beginning, say } from '../fixtures/words';
import { unzip } from '../fixtures/zip';

withAndWithoutScript(() => {
  test('a copy of all data', async ({ page, shopper, smtp }) => {
    const { events, export: words, password, profile, settings } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const { png } = await pictures(page);
    await page.goto('/account/profile');
    await shopper.field(profile.display_name).fill('Анна 🦊');
    await shopper.field(profile.picture).setInputFiles(png);
    await shopper.press(password.save);
    await expect(shopper.notice(profile.saved)).toBeVisible();

    await shopper.follow(shopper.side(settings.title));
    await shopper.follow(words.title);
    await shopper.prove(person.password);
    await shopper.isAt('/account/settings/export', words.title);
    const waiting = page.waitForEvent('download');
    await shopper.press(words.download);
    const download = await waiting;
    expect(download.suggestedFilename()).toMatch(/^my-account-\d{4}-\d\d-\d\d\.zip$/);
    const files = unzip(await readFile(await download.path()));
    expect([...files.keys()].sort()).toEqual(['my-account.html', 'my-account.json', 'picture.jpg']);
    const data = JSON.parse(files.get('my-account.json')!.toString());
    expect(data.accounts).toMatchObject([{ login: person.login, email: person.email, display_name: 'Анна 🦊' }]);
    expect(data.sessions).toHaveLength(1);
    const html = files.get('my-account.html')!.toString();
    expect(html).toContain(say(words.html_title, { login: person.login, shop: 'The shop' }));
    expect(html).toContain('Анна 🦊');
    for (const file of files.values()) expect(file.toString()).not.toContain(person.password);
    expect(files.get('picture.jpg')!.subarray(0, 3).toString('hex')).toBe('ffd8ff');

    // The page stays open, and can do it again.
    await shopper.isAt('/account/settings/export', words.title);
    await expect(shopper.button(words.download)).toBeEnabled();
    await smtp.emailTo(person.email, 'export-ready');
    await page.goto('/account/activity');
    await expect(entriesOf(page).filter({ hasText: events.exported })).toHaveCount(1);
  });

  test('deleting the account, and keeping it after all', async ({ page, shopper, another, smtp }) => {
    const { deletion, errors, settings } = shopper.words;
    const person = newPerson();
    const elsewhere = await another();
    await shopper.isSignedIn(person);
    await elsewhere.signIn(person);
    await elsewhere.isAt('/account');
    await shopper.follow(shopper.side(settings.title));
    await shopper.follow(deletion.title);
    await shopper.prove(person.password);
    await shopper.isAt('/account/settings/delete', deletion.title);
    await expect(shopper.link(deletion.export_first)).toBeVisible();
    await shopper.field(deletion.confirm_label).fill('yes');
    await shopper.press(deletion.submit);
    await expect(shopper.alert).toContainText(errors.confirmation_wrong);
    await expect(shopper.field(deletion.confirm_label)).toHaveAccessibleDescription(new RegExp(errors.confirmation_wrong));
    await elsewhere.page.reload();
    await elsewhere.isAt('/account');

    await shopper.field(deletion.confirm_label).fill(person.login);
    await shopper.press(deletion.submit);
    await shopper.isAt('/sign-in');
    await expect(shopper.notice(beginning(deletion.started))).toBeVisible();
    expect((await smtp.emailTo(person.email, 'deletion-started')).text).toContain(person.login);
    await elsewhere.page.reload();
    await expect(elsewhere.page).toHaveURL('/sign-in?next=%2Faccount');

    // Signing in asks; the question can be postponed …
    await shopper.signIn(person);
    await shopper.isAt('/account/settings/delete', deletion.pending_title);
    await shopper.follow(deletion.later);
    await shopper.isAt('/account');
    await expect(shopper.alert).toContainText(beginning(deletion.pending));
    // … and is asked again.
    await shopper.signOut();
    await shopper.signIn(person);
    await shopper.isAt('/account/settings/delete', deletion.pending_title);
    await shopper.press(deletion.keep);
    await shopper.isAt('/account');
    await expect(shopper.notice(deletion.kept)).toBeVisible();
    await expect(shopper.alert).toHaveCount(0);
    await shopper.signOut();
    await shopper.signIn(person);
    await shopper.isAt('/account');
  });
});
