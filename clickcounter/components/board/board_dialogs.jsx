/* The dialogs of the board: add counters, keep and share the board, open another one. */
import { InfoDialog, Field, FormDialog, LinkField, SUCCESS, failure } from "../shared/form_dialog.jsx";
import { T } from "../shared/i18n.jsx";
import { pageUrl } from "../shared/site.js";
import { AddDialog } from "./add_dialog.jsx";
import { addressOf } from "./addresses.js";
import { useBoard } from "./board_provider.jsx";
import { isKept, isSaved, saveBoard } from "./saved_boards.js";
import { SavedBoards } from "./saved_list.jsx";

const SaveDialog = ({ close }) => {
  const { counters, name, change } = useBoard();
  const save = ({ name: typed }) => {
    const wanted = typed.trim();
    if (wanted !== name && isSaved(wanted)) return failure("board_taken");
    if (!saveBoard({ name: wanted, counters })) return failure("board_not_stored");
    if (wanted !== name) change({ name: wanted });
    return SUCCESS;
  };
  return (
    <FormDialog title={<T id="board_save" />} name="save" submit={<T id="board_keep" />} action={save} close={close}>
      <LinkField label="board_link" link={pageUrl(addressOf({ counters, name }))} testId="board-link" />
      <p className="quiet small">
        <T id="board_link_said" />
      </p>
      <Field label="board_name" name="name" defaultValue={name} hint="board_kept_said" maxLength={100} required autoFocus />
    </FormDialog>
  );
};

const SavedDialog = ({ close, open }) => {
  const { counters, name } = useBoard();
  return (
    <InfoDialog title={<T id="board_saved" />} name="saved" close={close}>
      <SavedBoards onOpen={close} />
      {counters?.length > 0 && !isKept({ counters, name }) && (
        <button type="button" className="btn edge" data-testid="save-this" onClick={() => open("save")}>
          <T id="board_save_this" />
        </button>
      )}
    </InfoDialog>
  );
};

const DIALOGS = { add: AddDialog, save: SaveDialog, saved: SavedDialog };

/** `open(name)` opens another one in its place. */
const Dialogs = ({ name, close, open }) => {
  const Dialog = DIALOGS[name];
  return <Dialog key={name} close={close} open={open} />;
};

export default Dialogs;
