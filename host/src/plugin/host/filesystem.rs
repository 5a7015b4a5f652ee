//! WASI's files, which scripts alone have: what they write is bounded, and Proctor's own files are not theirs.

use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::preopens;
use wasmtime_wasi::p2::bindings::filesystem::types::{self, HostDescriptor as _};
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, FsError, FsResult, OutputStream, Pollable, StreamError, StreamResult,
};
use wasmtime_wasi::{WasiCtxView, WasiView as _};

use crate::output_directory::Allowance;
use crate::plugin::state::TestState;

/// What a script's files are held against.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    /// What may still be written.
    pub(crate) allowance: Arc<Allowance>,
    /// Files that are not to be touched, absolute.
    pub(crate) reserved: Arc<[PathBuf]>,
}

type Handle = Resource<Descriptor>;

/// WASI's own files, behind a guard.
pub(crate) struct Guarded<'a> {
    files: WasiFilesystemCtxView<'a>,
    guard: Option<Guard>,
}

struct Guarding;

impl HasData for Guarding {
    type Data<'a> = Guarded<'a>;
}

/// Puts the guard before the files that the linker has.
pub(crate) fn guard(linker: &mut Linker<TestState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let guarded = types::add_to_linker::<TestState, Guarding>(linker, |state| {
        let guard = state.guard.clone();
        let WasiCtxView { ctx, table } = state.ctx();
        Guarded {
            files: WasiFilesystemCtxView {
                ctx: ctx.filesystem(),
                table,
            },
            guard,
        }
    });
    linker.allow_shadowing(false);
    guarded
}

impl Guarded<'_> {
    fn take(&self, bytes: u64, files: u64) -> FsResult<()> {
        match &self.guard {
            Some(guard) if guard.allowance.take(bytes, files).is_err() => Err(types::ErrorCode::Quota.into()),
            _ => Ok(()),
        }
    }
}

/// Functions that are as they were.
macro_rules! unguarded {
    ($(async fn $name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(async fn $name(&mut self, $($argument: $kind),*) -> $result {
            self.files.$name($($argument),*).await
        })*
    };
}

impl types::Host for Guarded<'_> {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<types::ErrorCode> {
        self.files.convert_error_code(error)
    }

    fn filesystem_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<types::ErrorCode>> {
        self.files.filesystem_error_code(error)
    }
}

impl types::HostDirectoryEntryStream for Guarded<'_> {
    unguarded! {
        async fn read_directory_entry(stream: Resource<types::DirectoryEntryStream>) -> FsResult<Option<types::DirectoryEntry>>;
    }

    fn drop(&mut self, stream: Resource<types::DirectoryEntryStream>) -> wasmtime::Result<()> {
        types::HostDirectoryEntryStream::drop(&mut self.files, stream)
    }
}

impl types::HostDescriptor for Guarded<'_> {
    unguarded! {
        async fn advise(fd: Handle, offset: u64, length: u64, advice: types::Advice) -> FsResult<()>;
        async fn sync_data(fd: Handle) -> FsResult<()>;
        async fn get_flags(fd: Handle) -> FsResult<types::DescriptorFlags>;
        async fn get_type(fd: Handle) -> FsResult<types::DescriptorType>;
        async fn set_times(fd: Handle, accessed: types::NewTimestamp, modified: types::NewTimestamp) -> FsResult<()>;
        async fn read(fd: Handle, length: u64, offset: u64) -> FsResult<(Vec<u8>, bool)>;
        async fn read_directory(fd: Handle) -> FsResult<Resource<types::DirectoryEntryStream>>;
        async fn sync(fd: Handle) -> FsResult<()>;
        async fn stat(fd: Handle) -> FsResult<types::DescriptorStat>;
        async fn stat_at(fd: Handle, flags: types::PathFlags, path: String) -> FsResult<types::DescriptorStat>;
        async fn readlink_at(fd: Handle, path: String) -> FsResult<String>;
        async fn remove_directory_at(fd: Handle, path: String) -> FsResult<()>;
        async fn is_same_object(one: Handle, other: Handle) -> wasmtime::Result<bool>;
        async fn metadata_hash(fd: Handle) -> FsResult<types::MetadataHashValue>;
        async fn metadata_hash_at(fd: Handle, flags: types::PathFlags, path: String) -> FsResult<types::MetadataHashValue>;
    }

    async fn set_size(&mut self, fd: Handle, size: u64) -> FsResult<()> {
        self.take(size, 0)?;
        self.files.set_size(fd, size).await
    }

    async fn write(&mut self, fd: Handle, bytes: Vec<u8>, offset: u64) -> FsResult<u64> {
        self.take(bytes.len() as u64, 0)?;
        self.files.write(fd, bytes, offset).await
    }

    async fn create_directory_at(&mut self, fd: Handle, path: String) -> FsResult<()> {
        self.take(0, 1)?;
        self.files.create_directory_at(fd, path).await
    }

    async fn open_at(
        &mut self,
        fd: Handle,
        path_flags: types::PathFlags,
        path: String,
        open_flags: types::OpenFlags,
        flags: types::DescriptorFlags,
    ) -> FsResult<Handle> {
        let changes = types::OpenFlags::CREATE | types::OpenFlags::TRUNCATE;
        if open_flags.intersects(changes) || flags.contains(types::DescriptorFlags::WRITE) {
            self.check(&fd, &path).await?;
        }
        if open_flags.contains(types::OpenFlags::CREATE) {
            self.take(0, 1)?;
        }
        self.files.open_at(fd, path_flags, path, open_flags, flags).await
    }

    async fn set_times_at(
        &mut self,
        fd: Handle,
        flags: types::PathFlags,
        path: String,
        accessed: types::NewTimestamp,
        modified: types::NewTimestamp,
    ) -> FsResult<()> {
        self.check(&fd, &path).await?;
        self.files.set_times_at(fd, flags, path, accessed, modified).await
    }

    async fn rename_at(&mut self, fd: Handle, path: String, new_fd: Handle, new_path: String) -> FsResult<()> {
        self.check(&fd, &path).await?;
        self.check(&new_fd, &new_path).await?;
        self.files.rename_at(fd, path, new_fd, new_path).await
    }

    async fn unlink_file_at(&mut self, fd: Handle, path: String) -> FsResult<()> {
        self.check(&fd, &path).await?;
        self.files.unlink_file_at(fd, path).await
    }

    // A link would give a file a second name, under which nothing guards it.
    async fn link_at(&mut self, _: Handle, _: types::PathFlags, _: String, _: Handle, _: String) -> FsResult<()> {
        Err(types::ErrorCode::NotPermitted.into())
    }

    async fn symlink_at(&mut self, _: Handle, _: String, _: String) -> FsResult<()> {
        Err(types::ErrorCode::NotPermitted.into())
    }

    fn read_via_stream(&mut self, fd: Handle, offset: u64) -> FsResult<Resource<DynInputStream>> {
        self.files.read_via_stream(fd, offset)
    }

    fn write_via_stream(&mut self, fd: Handle, offset: u64) -> FsResult<Resource<DynOutputStream>> {
        let stream = self.files.write_via_stream(fd, offset)?;
        self.bounded(stream)
    }

    fn append_via_stream(&mut self, fd: Handle) -> FsResult<Resource<DynOutputStream>> {
        let stream = self.files.append_via_stream(fd)?;
        self.bounded(stream)
    }

    fn drop(&mut self, fd: Handle) -> wasmtime::Result<()> {
        types::HostDescriptor::drop(&mut self.files, fd)
    }
}

impl Guarded<'_> {
    /// Errors: it is one of the files that are not to be touched.
    async fn check(&mut self, fd: &Handle, path: &str) -> FsResult<()> {
        let Some(guard) = self.guard.clone().filter(|guard| !guard.reserved.is_empty()) else {
            return Ok(());
        };
        let follow = types::PathFlags::SYMLINK_FOLLOW;
        // What is not there yet is none of them.
        let Ok(found) = self.files.metadata_hash_at(borrowed(fd), follow, path.to_owned()).await else {
            return Ok(());
        };
        let mut is_reserved = false;
        for (directory, name) in preopens::Host::get_directories(&mut self.files).map_err(FsError::trap)? {
            let below = guard.reserved.iter().filter_map(|path| path.strip_prefix(&name).ok());
            for path in below {
                let path = path.to_string_lossy().into_owned();
                let known = self.files.metadata_hash_at(borrowed(&directory), follow, path).await;
                is_reserved |= known.is_ok_and(|known| (known.lower, known.upper) == (found.lower, found.upper));
            }
            types::HostDescriptor::drop(&mut self.files, directory).map_err(FsError::trap)?;
        }
        if is_reserved {
            return Err(types::ErrorCode::NotPermitted.into());
        }
        Ok(())
    }

    /// The stream, which counts what goes through.
    fn bounded(&mut self, stream: Resource<DynOutputStream>) -> FsResult<Resource<DynOutputStream>> {
        let Some(guard) = &self.guard else { return Ok(stream) };
        let inner = self.files.table.delete(stream)?;
        let bounded: DynOutputStream = Box::new(Bounded {
            inner,
            allowance: Arc::clone(&guard.allowance),
        });
        Ok(self.files.table.push(bounded)?)
    }
}

fn borrowed(handle: &Handle) -> Handle {
    Resource::new_borrow(handle.rep())
}

/// A stream into a file, which ends where the script may write no more.
struct Bounded {
    inner: DynOutputStream,
    allowance: Arc<Allowance>,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Bounded {
    async fn ready(&mut self) {
        self.inner.ready().await;
    }
}

#[wasmtime_wasi::async_trait]
impl OutputStream for Bounded {
    fn write(&mut self, bytes: bytes::Bytes) -> StreamResult<()> {
        if self.allowance.take(bytes.len() as u64, 0).is_err() {
            let passed = std::io::Error::from(nix::errno::Errno::EDQUOT);
            return Err(StreamError::LastOperationFailed(passed.into()));
        }
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.inner.check_write()
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}
