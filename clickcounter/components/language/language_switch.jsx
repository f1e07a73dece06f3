/* The button for the language and the formats; most visits do not need the dialog that it opens. */
import { Suspense, useState } from "react";
import { part } from "../app/part.jsx";
import { LANGUAGE } from "../shared/constants.js";
import { Bilingual } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";

const LanguageDialog = part(() => import("./language_dialog.jsx"));

/** `place` tells two of them on one page apart: the one in a menu is named. */
export const LanguageSwitch = ({ place }) => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={place ? "btn" : "btn icon"}
        data-testid={place ? `language-${place}` : "language"}
        onClick={() => setOpen(true)}
      >
        <Icon name="globe" />
        <span className={place ? undefined : "sr"}>
          <Bilingual text={LANGUAGE} />
        </span>
      </button>
      {open && (
        <Suspense fallback={null}>
          <LanguageDialog close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
};
