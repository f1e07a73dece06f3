/* The other sites that may show the counter's button; see api/embed/sites.py. Opened in the dialog for keys. */
import { useEffect, useState } from "react";
import { Field, FormDialog, SUCCESS } from "../shared/form_dialog.jsx";
import { Bilingual, T, errorText, useTexts } from "../shared/i18n.jsx";

export const Sites = ({ request, close }) => {
  const texts = useTexts();
  const [loaded, setLoaded] = useState(null); // the server's answer
  useEffect(() => void request("list", {}).then(setLoaded), []);
  const save = async (fields) => {
    const answer = await request("set", { sites: fields.sites.split("\n") });
    return answer.error ? answer : SUCCESS;
  };
  return (
    <FormDialog
      name="sites"
      title={<T id="sites_title" />}
      submit={<T id="save" />}
      cannot={!loaded?.sites}
      action={save}
      close={close}
    >
      <p className="quiet small">
        <T id="sites_said" />
      </p>
      {loaded?.error && (
        <p className="bad small" role="alert">
          <Bilingual text={errorText(loaded, texts)} />
        </p>
      )}
      {loaded?.sites && (
        <Field
          label="sites_field"
          hint="sites_hint"
          name="sites"
          multiline
          rows={4}
          spellCheck={false}
          defaultValue={loaded.sites.join("\n")}
          autoFocus
        />
      )}
    </FormDialog>
  );
};
