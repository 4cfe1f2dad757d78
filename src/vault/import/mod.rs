//! Files → journeys: formats, mapping, quality.

use thiserror::Error;

use crate::vault::journeys::Store;
use crate::views::{Cancelled, ImportPlan, Inspection, Progress, Quality};

/// Why an import cannot start or go on: what, where, what to do. Never a value from the data.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("{0}")]
    Unusable(String),
}

pub(super) struct Imported {
    pub(super) store: Store,
    pub(super) quality: Quality,
    pub(super) timings: Vec<(&'static str, f64)>,
}

pub(super) fn inspect(_plan: &ImportPlan) -> Result<Inspection, ImportError> {
    Err(ImportError::Unusable("reading files is not built yet".to_owned()))
}

pub(super) fn import(_plan: &ImportPlan, _progress: &Progress) -> Result<Imported, ImportError> {
    Err(ImportError::Unusable("reading files is not built yet".to_owned()))
}
