//! fachwerk-designer-api
