/** Version 4 beside version 5, whose types fit what the tests use of it. */
declare module 'express4' {
  import express from 'express';
  export default express;
}
