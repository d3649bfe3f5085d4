export default function Page() {
  return <a href="/hello/you">Hello</a>;
}
