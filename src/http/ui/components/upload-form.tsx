/** Where files are dropped or chosen. It needs scripts: they send the files as they are and show how far they are. */
export function UploadForm({ csrf }: { readonly csrf: string }) {
  return (
    <>
      <noscript>
        <p>
          Uploading in the page needs JavaScript; <code>curl</code> and <code>symgate push</code> do
          not (see the overview).
        </p>
      </noscript>
      <form class="form" data-upload={csrf} hidden>
        <div class="drop">
          <p>
            <strong>Drop archives or symbol files here</strong>
          </p>
          <p class="muted">
            zip, tar, 7z, cab and others, or single PDB, EXE, DLL, ELF and Breakpad files
          </p>
          <label class="button" for="files">
            Choose files
          </label>
          <input type="file" id="files" class="unseen" multiple />
        </div>
        <div class="form-row">
          <div class="field">
            <label for="upload-tag">Tag of the upload</label>
            <input type="text" id="upload-tag" name="tag" maxlength={1000} placeholder="1.2.3" />
          </div>
          <div class="field">
            <label for="upload-comment">Comment</label>
            <input type="text" id="upload-comment" name="comment" maxlength={1000} />
          </div>
          <div class="field">
            <span class="label">Strict</span>
            <label class="check">
              <input type="checkbox" name="strict" value="1" />
              <span>Publish nothing if one file is refused</span>
            </label>
          </div>
        </div>
        <ul class="uploads" aria-live="polite" />
      </form>
    </>
  )
}
