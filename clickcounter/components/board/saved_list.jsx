/* The boards that are kept on this device: open, rename, delete. */
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { T } from "../shared/i18n.jsx";
import { Icon } from "../shared/icons.jsx";
import { addressOf } from "./addresses.js";
import { useBoard } from "./board_provider.jsx";
import { deleteBoard, isSaved, onBoardsChange, renameBoard, savedBoards } from "./saved_boards.js";

/** `onOpen` is called when one is opened. */
export const SavedBoards = ({ onOpen }) => {
  const [boards, setBoards] = useState([]);
  const [open, setOpen] = useState(null); // { name, action } of the one that is being renamed or deleted
  const refresh = () => {
    setBoards(savedBoards());
    setOpen(null);
  };
  useEffect(() => {
    refresh();
    return onBoardsChange(refresh);
  }, []);
  if (!boards.length)
    return (
      <p className="quiet" data-testid="no-boards">
        <T id="board_none_saved" />
      </p>
    );
  return (
    <ul className="saved" data-testid="saved-boards">
      {boards.map((board) => (
        <li key={board.name} data-testid="saved-board" data-name={board.name}>
          {open?.name === board.name ? (
            <open.Action board={board} done={refresh} />
          ) : (
            <>
              <Link className="open" to={addressOf(board)} dir="auto" onClick={onOpen}>
                {board.name}
              </Link>
              <span className="quiet small">
                <T id="board_counters" n={board.counters.length} />
              </span>
              <RowButton name="rename" icon="pen" text="board_rename" board={board} onClick={() => setOpen({ name: board.name, Action: Rename })} />
              <RowButton name="delete" icon="trash" text="board_delete" board={board} onClick={() => setOpen({ name: board.name, Action: Delete })} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
};

const RowButton = ({ name, icon, text, board, onClick }) => (
  <button type="button" className="btn icon" data-testid={`board-${name}`} onClick={onClick}>
    <Icon name={icon} />
    <span className="sr">
      <T id={text} /> {board.name}
    </span>
  </button>
);

const Rename = ({ board, done }) => {
  const { name: shown, change } = useBoard();
  const [name, setName] = useState(board.name);
  const [taken, setTaken] = useState(false);
  const submit = (event) => {
    event?.preventDefault();
    const wanted = name.trim();
    if (wanted === board.name || !wanted) return done();
    if (isSaved(wanted)) return setTaken(true);
    renameBoard(board.name, wanted);
    if (shown === board.name) change({ name: wanted });
    done();
  };
  // No form: this may stand in the form of a dialog.
  return (
    <span className="renaming">
      <span className={`input ${taken ? "wrong" : ""}`}>
        <input
          autoFocus
          dir="auto"
          autoComplete="off"
          maxLength={100}
          value={name}
          data-testid="new-board-name"
          onChange={({ target }) => setName(target.value)}
          onKeyDown={(event) => event.key === "Enter" && submit(event)}
        />
      </span>
      <button type="button" className="btn prime" data-testid="rename-board" onClick={submit}>
        <T id="board_rename" />
      </button>
      {taken && (
        <span className="bad small" role="alert">
          <T id="board_taken" />
        </span>
      )}
    </span>
  );
};

const Delete = ({ board, done }) => {
  const remove = () => {
    deleteBoard(board.name);
    done();
  };
  return (
    <span className="renaming">
      <span className="sure">
        <T id="board_delete_sure" name={board.name} />
      </span>
      <button type="button" className="btn edge" autoFocus data-testid="keep-board" onClick={done}>
        <T id="cancel" />
      </button>
      <button type="button" className="btn danger" data-testid="delete-board" onClick={remove}>
        <T id="board_delete" />
      </button>
    </span>
  );
};
