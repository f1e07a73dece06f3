/* The number on other sites: what to copy for it, and the sites that may show the button. `request(what, fields)` asks the
 * server; see api/embed/sites.py. */
import { useEffect, useState } from "react";
import { useCounter, useView } from "../counter/counter_provider.jsx";
import { backendUrl } from "../shared/backend_url.js";
import { Field, FormDialog, InfoDialog, LinkField } from "../shared/form_dialog.jsx";
import { Bilingual, T, TextsProvider, errorText, inLanguage, useTexts } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { pageUrl } from "../shared/site.js";
import { ELSEWHERE_TEXTS } from "./constants.js";

export const Elsewhere = ({ request, close }) => {
  const texts = useTexts();
  const { about, rights } = useView();
  const [loaded, setLoaded] = useState(null); // the server's answer
  const [editing, setEditing] = useState(false);
  const isPrivate = about?.visibility === "members";
  const manages = !isPrivate && rights?.manage;
  useEffect(() => {
    if (manages) request("list", {}).then(setLoaded);
  }, [manages]);
  return (
    <TextsProvider value={{ ...texts, ...ELSEWHERE_TEXTS }}>
      {editing ? (
        <EditSites {...{ request, sites: loaded.sites, onSave: setLoaded, close: () => setEditing(false) }} />
      ) : (
        <InfoDialog name="elsewhere" title={<T id="elsewhere" />} close={close}>
          <p className="quiet small">
            <T id={isPrivate ? "elsewhere_private" : "elsewhere_said"} />
          </p>
          {about && !isPrivate && <Snippets name={about.name} />}
          {manages ? (
            <Sites {...loaded} closed={about.press !== "anyone"} edit={() => setEditing(true)} />
          ) : (
            !isPrivate && (
              <p className="quiet small">
                <T id="button_said" />
              </p>
            )
          )}
        </InfoDialog>
      )}
    </TextsProvider>
  );
};

const Snippets = ({ name }) => {
  const counter = useCounter();
  const texts = useTexts();
  const path = `/c/${encodeURIComponent(counter)}`;
  const [page, served] = [pageUrl(path), backendUrl(path).href];
  const [title, badge] = [name || inLanguage(texts.title), `${served}/badge.svg`];
  const element = `<click-counter src="${served}" button="${forHtml(inLanguage(texts.press))}"></click-counter>`;
  const snippets = {
    badge_markdown: `[![${forMarkdown(title)}](${badge})](${page})`,
    badge_html: `<a href="${page}"><img src="${badge}" alt="${forHtml(title)}"></a>`,
    live_element: `<script src="${pageUrl("/click-counter.js")}" async></script> ${element}`,
    value_address: `${served}/value.txt`,
    oembed_link: page,
  };
  return Object.entries(snippets).map(([id, snippet], i) => (
    <LinkField key={id} label={id} link={snippet} testId={id} autoFocus={!i} />
  ));
};

const forHtml = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const forMarkdown = (text) => text.replace(/[\\`*_~[\]<>&!|]/g, "\\$&");

const Sites = ({ sites, closed, edit, ...refusal }) => {
  const texts = useTexts();
  return (
    <>
      <h3>
        <T id="sites_title" />
      </h3>
      {refusal.error && (
        <p className="bad small" role="alert" data-testid="sites-refused" data-code={refusal.error}>
          <Bilingual text={errorText(refusal, texts)} />
        </p>
      )}
      {sites?.length === 0 && (
        <p>
          <T id="no_sites" />
        </p>
      )}
      <ul className="parts" data-testid="sites">
        {sites?.map((site) => (
          <li key={site}>
            <bdi>{site}</bdi>
          </li>
        ))}
      </ul>
      {closed && (
        <p className="quiet small">
          <T id="button_closed" />
        </p>
      )}
      {sites && (
        <button type="button" className="btn edge" data-testid="edit-sites" onClick={edit}>
          <Icon name="pen" />
          <T id="sites_edit" />
        </button>
      )}
    </>
  );
};

const EditSites = ({ request, sites, onSave, close }) => {
  const save = async (fields) => {
    const answer = await request("set", { sites: fields.sites.split(/[\s,]+/).filter(Boolean) });
    if (!answer.error) onSave(answer);
    return answer;
  };
  return (
    <FormDialog name="sites" title={<T id="sites_title" />} submit={<T id="save" />} action={save} close={close}>
      <Field
        label="sites_field"
        hint="sites_hint"
        name="sites"
        defaultValue={sites.join("\n")}
        inputMode="url"
        autoCapitalize="none"
        spellCheck={false}
        rows={5}
        multiline
        autoFocus
      />
    </FormDialog>
  );
};
